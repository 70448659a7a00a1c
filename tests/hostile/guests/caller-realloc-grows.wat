;; caller-realloc-grows.wat -- the caller's realloc grows its memory for the
;; result (H22); allowed.
(component
  @include callee
  (component $Caller
    (import "f" (func $f (param "s" string) (result string)))
    (core module $Libc
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.shl (memory.grow (i32.const 1)) (i32.const 16))))
    (core instance $libc (instantiate $Libc))
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "peer" "f" (func $f (param i32 i32 i32)))
      (func (export "run")
        (call $f (i32.const 256) (i32.const 2) (i32.const 64))
        (if (i32.ne (i32.load (i32.const 64)) (i32.const 65536))
          (then unreachable))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
