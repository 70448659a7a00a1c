;; pair-pointer-outside.wat -- the same, and the place for the result is
;; outside (H24, H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-pair (i32.const 65532))))
  @include run
)
