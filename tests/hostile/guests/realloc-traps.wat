;; realloc-traps.wat -- realloc traps (H22).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      unreachable))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
