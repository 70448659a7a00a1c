;; A component without fault: run hands "text" to f and looks at the answer.
(component $Caller
  (import "f" (func $f (param "s" string) (result string)))
  @include libc
  (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $M
    (import "libc" "memory" (memory 1))
    (import "peer" "f" (func $f (param i32 i32 i32)))
    (data (i32.const 256) "text")
    (func (export "run")
      (call $f (i32.const 256) (i32.const 4) (i32.const 64))
      (if (i32.ne (i32.load (i32.load (i32.const 64)))
            (i32.const 0x74786574))
        (then unreachable))))
  (core instance $m (instantiate $M (with "libc" (instance $libc))
    (with "peer" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run"))))
