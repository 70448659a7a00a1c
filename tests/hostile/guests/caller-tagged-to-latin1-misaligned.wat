;; caller-tagged-to-latin1-misaligned.wat -- tagged UTF-16: the callee's first
;; realloc returns an odd address (store_probably_utf16_to_latin1_or_utf16).
(component
  (component $Callee
    (core module $Libc
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.const 513)))
    (core instance $libc (instantiate $Libc))
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        unreachable))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")) string-encoding=latin1+utf16)))
  (component $Caller
    (import "f" (func $f (param "s" string) (result string)))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding=latin1+utf16))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "peer" "f" (func $f (param i32 i32 i32)))
      (data (i32.const 256) "a\00\e9\00")
      (func (export "run")
        (call $f (i32.const 256) (i32.const -2147483646) (i32.const 64))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
