;; utf16-empty-misaligned.wat -- empty UTF-16 at an odd address (H18).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 257) (i32.const 0))))
  @include run
)
