;; char-negative.wat -- a char of -1.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-char (i32.const -1))))
  @include run
)
