;; owns-cross.wat -- two resources and a string between them cross to the peer,
;; which drops the first and keeps the second: allowed.
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
      (func (export "f") (param i32 i32 i32 i32)
        (call $drop (local.get 0))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "p" (instance (export "drop" (func $drop))))))
    (func (export "f")
        (param "a" (own $res)) (param "s" string) (param "b" (own $res))
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (instance $peer (instantiate $Peer (with "res" (type $res))))
  (core func $f (canon lower (func $peer "f")
    (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $M
    @include imports
    (import "peer" "f" (func $f (param i32 i32 i32 i32)))
    (func (export "run")
      (call $f
        (call $make) (i32.const 256) (i32.const 1) (call $make))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))
    (with "peer" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run"))))
