;; utf8-cut.wat -- not UTF-8: ends inside of a character (H17: UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "abc\e2\82")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 5))))
  @include run
)
