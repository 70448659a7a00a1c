;; confused-arguments.wat -- a function of a string is given where one of a
;; number is imported.
(component
  (component $Callee
    @include libc
    (core module $M (func (export "f") (param i32 i32)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "s" string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (component $Caller
    (import "f" (func $f (param "s" u32)))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "peer" "f" (func $f (param i32)))
      (func (export "run") (call $f (i32.const 1))))
    (core instance $m (instantiate $M
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
