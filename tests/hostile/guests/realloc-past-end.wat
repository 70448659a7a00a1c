;; realloc-past-end.wat -- realloc returns a block that ends a byte behind the
;; memory (H21: ptr + byte_length > len(memory)).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 65527)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
