;; latin1-2-28.wat -- not tagged, 2^28 bytes (byte_length >
;; MAX_STRING_BYTE_LENGTH).
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 0) (i32.const 268435456))))
  @include run
)
