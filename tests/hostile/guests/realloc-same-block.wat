;; realloc-same-block.wat -- realloc returns the block where the result's own
;; pointer will be written (H21): the guest's own affair.
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 64)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
