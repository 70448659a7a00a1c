;; realloc-far.wat -- realloc returns 2^32 - 8 (H21).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const -8)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-list (i32.const 64))))
  @include run
)
