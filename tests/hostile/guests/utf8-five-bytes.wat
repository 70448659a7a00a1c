;; utf8-five-bytes.wat -- not UTF-8: a form of five bytes (H17: UnicodeError).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "\f8\88\80\80\80")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 5))))
  @include run
)
