;; callee-post-return-traps.wat -- the callee's post-return traps: the caller
;; does not go on (H23).
(component
  (component $Callee
    @include libc
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "post") (param i32) unreachable)
      (func (export "f") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (i32.const 256))
        (i32.store (i32.const 20) (i32.const 4))
        (i32.const 16)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc"))
        (post-return (core func $m "post")))))
  @include caller
  @include pair
)
