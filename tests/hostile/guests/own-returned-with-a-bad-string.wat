;; own-returned-with-a-bad-string.wat -- returns a resource and a string that
;; is outside: the resource still comes back to the host (H16, H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (result i32)
      (i32.store (i32.const 8) (call $make))
      (i32.store (i32.const 12) (i32.const 65536))
      (i32.store (i32.const 16) (i32.const 1))
      (i32.const 8)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (result (tuple (own $res) string))
    (canon lift (core func $m "run") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")))))
