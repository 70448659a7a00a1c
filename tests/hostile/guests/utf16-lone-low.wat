;; utf16-lone-low.wat -- UTF-16: a low surrogate first (H17).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (data (i32.const 256) "\00\dca\00")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 2))))
  @include run
)
