;; utf8-overlong.wat -- not UTF-8: U+0000 in two bytes (H17: UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "ab\c0\80")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 4))))
  @include run
)
