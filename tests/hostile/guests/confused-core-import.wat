;; confused-core-import.wat -- the core module imports the function with
;; another core signature.
(component
  (component $Callee
    @include libc
    (core module $M (func (export "f")))
    (core instance $m (instantiate $M))
    (func (export "f")
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (component $Caller
    (import "f" (func $f))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "peer" "f" (func $f (param i64 i64) (result i64)))
      (func (export "run") (drop (call $f (i64.const 1) (i64.const 1)))))
    (core instance $m (instantiate $M
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
