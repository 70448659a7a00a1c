;; realloc-recurses.wat -- realloc calls itself for ever (H14, H22).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func $r (result i32) (call $r))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (call $r)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
