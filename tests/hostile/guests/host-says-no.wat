;; host-says-no.wat -- the host function fails: the guest does not go on.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $fail)
      (loop (br 0))))
  @include run
)
