;; pair-realloc-outside.wat -- the same, and realloc returns a block outside
;; (H21, H31).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 65534)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-pair (i32.const 64))))
  @include run
)
