;; utf8-surrogate.wat -- not UTF-8: a surrogate (H17: UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "a\ed\a0\80")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 4))))
  @include run
)
