;; callee-returns-misaligned.wat -- the callee's result stands at an odd
;; address (H24).
(component
  (component $Callee
    @include libc
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        (i32.const 17)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  @include caller
  @include pair
)
