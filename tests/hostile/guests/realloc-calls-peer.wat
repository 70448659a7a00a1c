;; realloc-calls-peer.wat -- the realloc of a caller calls the peer again (H22,
;; H41: not may_leave in canon_lower).
(component
  @include callee
  (component $Caller
    (import "f" (func $f (param "s" string) (result string)))
  (core module $Libc
    (memory (export "memory") 1)
    (type $t (func))
    (table (export "table") 1 funcref)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (call_indirect (type $t) (i32.const 0))
      (i32.const 512)))
  (core instance $libc (instantiate $Libc))
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "libc" "table" (table 1 funcref))
      (import "peer" "f" (func $f (param i32 i32 i32)))
      (elem (i32.const 0) $evil)
      (func $evil (call $f (i32.const 256) (i32.const 1) (i32.const 64)))
      (func (export "run")
        (call $f (i32.const 256) (i32.const 1) (i32.const 64))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
