;; string-2-28.wat -- a length of 2^28 (byte_length > MAX_STRING_BYTE_LENGTH).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 0) (i32.const 268435456))))
  @include run
)
