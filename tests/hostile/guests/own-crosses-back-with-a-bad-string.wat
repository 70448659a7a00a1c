;; own-crosses-back-with-a-bad-string.wat -- the peer gives the resource back
;; with a string that is outside: it is on the way, and comes back (H16, H31).
(component
  @include libc
  @include host
  (component $Peer
    (import "res" (type $res (sub resource)))
  @include libc
    (core func $drop (canon resource.drop $res))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "p" "drop" (func $drop (param i32)))
      (func (export "f") (param i32) (result i32)
        (i32.store (i32.const 8) (local.get 0))
        (i32.store (i32.const 12) (i32.const 65536))
        (i32.store (i32.const 16) (i32.const 1))
        (i32.const 8)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "p" (instance (export "drop" (func $drop))))))
    (func (export "f") (param "r" (own $res))
        (result (tuple (own $res) string))
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (instance $peer (instantiate $Peer (with "res" (type $res))))
  (core func $f (canon lower (func $peer "f")
    (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $M
    @include imports
    (import "peer" "f" (func $f (param i32 i32)))
    (func (export "run") (call $f (call $make) (i32.const 64))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))
    (with "peer" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run"))))
