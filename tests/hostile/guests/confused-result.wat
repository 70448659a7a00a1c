;; confused-result.wat -- a function without a result is given where one with a
;; large result is imported.
(component
  (component $Callee
    @include libc
    (core module $M (func (export "f")))
    (core instance $m (instantiate $M))
    (func (export "f")
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (component $Caller
    (import "f" (func $f (result (tuple u64 u64 u64))))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "peer" "f" (func $f (param i32)))
      (func (export "run") (call $f (i32.const 64))))
    (core instance $m (instantiate $M
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
