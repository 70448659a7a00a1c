;; realloc-grows.wat -- each realloc grows the memory and returns its new end
;; (H22): allowed.
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.shl (memory.grow (i32.const 1)) (i32.const 16))))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))
      (call $give-list (i32.const 64))
      (if (i32.ne (i32.load (i32.const 64)) (i32.const 0x20000))
        (then unreachable))
      (if (i64.ne (i64.load (i32.const 0x20018)) (i64.const 4))
        (then unreachable))))
  @include run
)
