;; utf16-2-28.wat -- 2^27 units: 2^28 bytes (byte_length >
;; MAX_STRING_BYTE_LENGTH).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 134217728))))
  @include run
)
