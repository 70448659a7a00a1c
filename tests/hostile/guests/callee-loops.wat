;; callee-loops.wat -- the callee never returns: it is the caller's deadline
;; (H13).
(component
  (component $Callee
    @include libc
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        (loop (br 0)) (i32.const 0)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  @include caller
  @include pair
)
