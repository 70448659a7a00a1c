;; utf16-lone-high.wat -- UTF-16: a high surrogate before a letter (H17).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (data (i32.const 256) "a\00\3d\d8b\00")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 3))))
  @include run
)
