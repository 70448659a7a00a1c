;; own-taken-late-realloc-traps.wat -- the string comes first and its realloc
;; traps: the resource has stayed with the host (H22, H31).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      unreachable))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32 i32 i32) unreachable))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "s" string) (param "r" (own $res))
    (canon lift (core func $m "run") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")))))
