;; own-crosses-late-realloc-traps.wat -- the string goes first: the resource
;; has left the one table and is not in the other; it comes back all the same
;; (H22, H31).
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
    (func (export "f") (param "s" string) (param "r" (own $res))
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
      (call $f (i32.const 256) (i32.const 1) (call $make))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))
    (with "peer" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run"))))
