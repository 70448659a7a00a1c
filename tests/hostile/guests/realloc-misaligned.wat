;; realloc-misaligned.wat -- realloc returns 66 for a list of u64 (H18, H21:
;; ptr != align_to(...)).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 66)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-list (i32.const 64))))
  @include run
)
