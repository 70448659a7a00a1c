;; post-return-calls-peer.wat -- a callee's post-return calls a peer of its own
;; (H41: not may_leave in canon_lower).
(component
  (component $Peer
    (core module $M (func (export "g")))
    (core instance $m (instantiate $M))
    (func (export "g") (canon lift (core func $m "g"))))
  (component $Callee
    (import "g" (func $g))
    @include libc
    (core func $g (canon lower (func $g)))
    (core module $M
      (import "peer" "g" (func $g))
      (func (export "f") (param i32 i32) (result i32) (i32.const 0))
      (func (export "post") (param i32) (call $g)))
    (core instance $m (instantiate $M
      (with "peer" (instance (export "g" (func $g))))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc"))
        (post-return (core func $m "post")))))
  (component $Caller
    (import "f" (func $f (param "s" string) (result string)))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "peer" "f" (func $f (param i32 i32 i32)))
      (func (export "run")
        (call $f (i32.const 256) (i32.const 0) (i32.const 64))))
    (core instance $m (instantiate $M
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  (instance $peer (instantiate $Peer))
  (instance $callee (instantiate $Callee (with "g" (func $peer "g"))))
  (instance $caller (instantiate $Caller (with "f" (func $callee "f"))))
  (export "run" (func $caller "run")))
