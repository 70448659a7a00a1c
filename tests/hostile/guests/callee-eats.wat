;; callee-eats.wat -- the callee grows its memory until the limit of both
;; (H15).
(component
  (component $Callee
    @include libc
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        (loop
          (br_if 0
            (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        unreachable))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  @include caller
  @include pair
)
