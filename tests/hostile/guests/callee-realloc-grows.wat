;; callee-realloc-grows.wat -- the callee's realloc grows its memory and
;; returns the new end: what is lowered goes there (H22); allowed.
(component
  (component $Callee
    (core module $Libc
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.shl (memory.grow (i32.const 1)) (i32.const 16))))
    (core instance $libc (instantiate $Libc))
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  @include caller
  @include pair
)
