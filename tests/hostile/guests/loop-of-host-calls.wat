;; loop-of-host-calls.wat -- calls the host for ever (H13, H42).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (loop (call $tick) (br 0))))
  @include run
)
