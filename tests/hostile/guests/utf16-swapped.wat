;; utf16-swapped.wat -- UTF-16: a pair the wrong way round (H17).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (data (i32.const 256) "\00\de\3d\d8")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 2))))
  @include run
)
