;; utf8-beyond.wat -- not UTF-8: U+110000 (H17: UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "\f4\90\80\80")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 4))))
  @include run
)
