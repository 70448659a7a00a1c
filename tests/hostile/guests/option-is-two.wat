;; option-is-two.wat -- an option of case 2.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-option (i32.const 2) (i32.const 0))))
  @include run
)
