;; char-beyond.wat -- a char of 0x110000 (i >= 0x110000).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-char (i32.const 0x110000))))
  @include run
)
