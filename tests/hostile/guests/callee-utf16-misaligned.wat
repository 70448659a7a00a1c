;; callee-utf16-misaligned.wat -- the callee has UTF-16 and its realloc returns
;; an odd address (H18).
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
        (realloc (core func $libc "realloc")) string-encoding=utf16)))
  @include caller
  @include pair
)
