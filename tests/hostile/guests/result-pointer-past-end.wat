;; result-pointer-past-end.wat -- the place for a result ends behind the
;; memory.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 65532))))
  @include run
)
