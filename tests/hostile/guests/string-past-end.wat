;; string-past-end.wat -- ends one byte behind the memory (H16: ptr +
;; byte_length > len(memory)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65535) (i32.const 2))))
  @include run
)
