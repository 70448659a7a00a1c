;; caller-amplifies.wat -- 2000 times the same MiB: the host takes no more for
;; a call than the memory limit allows (H19).
(component
  (component $Callee
    @include libc
    (core module $M (func (export "f") (param i32 i32)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "l" (list string))
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (component $Caller
    (import "f" (func $f (param "l" (list string))))
    (core module $Libc (memory (export "memory") 64))
    (core instance $libc (instantiate $Libc))
    (core func $f
      (canon lower (func $f) (memory (core memory $libc "memory"))))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "peer" "f" (func $f (param i32 i32)))
      (func (export "run") (local $i i32)
        (memory.fill (i32.const 0) (i32.const 0x61) (i32.const 1048576))
        (loop
          (i32.store
            (i32.add (i32.const 0x200004) (i32.shl (local.get $i)
              (i32.const 3)))
            (i32.const 1048576))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $i) (i32.const 2000))))
        (call $f (i32.const 0x200000) (i32.const 2000))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
