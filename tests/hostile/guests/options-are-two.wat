;; options-are-two.wat -- case 2 inside of a list of options.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "\01\00\00\00\00\00\00\00\02")
    (func (export "run")
      (call $take-options (i32.const 256) (i32.const 2))))
  @include run
)
