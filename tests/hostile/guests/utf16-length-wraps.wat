;; utf16-length-wraps.wat -- 2^31 + 1 units: two bytes in 32 bits (H16).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const -2147483647))))
  @include run
)
