;; own-taken-realloc-traps.wat -- is given a resource, and its realloc for the
;; string behind it traps: the resource comes back with the instance (H22,
;; H31).
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
  (func (export "run") (param "r" (own $res)) (param "s" string)
    (canon lift (core func $m "run") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")))))
