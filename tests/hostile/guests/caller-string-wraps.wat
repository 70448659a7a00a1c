;; caller-string-wraps.wat -- the caller's argument wraps 32 bits (H16).
(component
  @include callee
  (component $Caller
    (import "f" (func $f (param "s" string) (result string)))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "peer" "f" (func $f (param i32 i32 i32)))
      (func (export "run")
        (call $f (i32.const -1) (i32.const 2) (i32.const 64))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
