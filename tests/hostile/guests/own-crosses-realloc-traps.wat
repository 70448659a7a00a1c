;; own-crosses-realloc-traps.wat -- a resource of the host and a string go to
;; the peer, whose realloc traps after the handle was made: the resource comes
;; back once (H22, H31).
(component
  @include libc
  @include host
  (component $Peer
    (import "res" (type $res (sub resource)))
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      unreachable))
  (core instance $libc (instantiate $Libc))
    (core func $drop (canon resource.drop $res))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "p" "drop" (func $drop (param i32)))
      (func (export "f") (param i32 i32 i32)
        unreachable))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "p" (instance (export "drop" (func $drop))))))
    (func (export "f") (param "r" (own $res)) (param "s" string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (instance $peer (instantiate $Peer (with "res" (type $res))))
  (core func $f (canon lower (func $peer "f")
    (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $M
    @include imports
    (import "peer" "f" (func $f (param i32 i32 i32)))
    (func (export "run")
      (call $f (call $make) (i32.const 256) (i32.const 1))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))
    (with "peer" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run"))))
