;; caller-utf16-to-utf16-outside.wat -- UTF-16 on both sides: the callee's
;; realloc returns too little room (store_string_copy: ptr + dst_byte_length >
;; len(memory)).
(component
  (component $Callee
    (core module $Libc
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.const 65534)))
    (core instance $libc (instantiate $Libc))
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        unreachable))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")) string-encoding=utf16)))
  (component $Caller
    (import "f" (func $f (param "s" string) (result string)))
    @include libc
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding=utf16))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "peer" "f" (func $f (param i32 i32 i32)))
      (data (i32.const 256) "a\00\ac\20")
      (func (export "run")
        (call $f (i32.const 256) (i32.const 2) (i32.const 64))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "peer" (instance (export "f" (func $f))))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include pair
)
