;; callee-post-return-scribbles.wat -- the callee's post-return fills its
;; memory: what the caller has stays (H23); allowed.
(component
  (component $Callee
    @include libc
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "post") (param i32)
        (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536)))
      (func (export "f") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc"))
        (post-return (core func $m "post")))))
  @include caller
  @include pair
)
