;; utf8-lone-tail.wat -- not UTF-8: a continuation byte alone, behind 40 that
;; are fine (H17: UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "0123456789012345678901234567890123456789\80")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 41))))
  @include run
)
