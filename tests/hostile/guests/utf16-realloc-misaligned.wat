;; utf16-realloc-misaligned.wat -- realloc returns an odd address for UTF-16
;; (H18).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 513)))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
