;; utf8-overlong-slash.wat -- not UTF-8: a slash in three bytes (H17:
;; UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "\e0\80\af")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 3))))
  @include run
)
