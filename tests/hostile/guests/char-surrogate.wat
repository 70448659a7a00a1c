;; char-surrogate.wat -- a char that is a surrogate (0xD800 <= i <= 0xDFFF).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-char (i32.const 0xdfff))))
  @include run
)
