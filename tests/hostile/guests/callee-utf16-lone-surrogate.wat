;; callee-utf16-lone-surrogate.wat -- the callee has UTF-16 and returns half a
;; pair (H17).
(component
  (component $Callee
    @include libc
    (core module $M
      (import "libc" "memory" (memory 1))
      (func (export "f") (param i32 i32) (result i32)
        (i32.store16 (local.get 0) (i32.const 0xdfff))
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (i32.const 1))
        (i32.const 16)))
    (core instance $m (instantiate $M (with "libc" (instance $libc))))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $m "f") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")) string-encoding=utf16)))
  @include caller
  @include pair
)
