;; realloc-over-arguments.wat -- realloc returns the block that the arguments
;; stand in (H21): what was read is not read again.
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 256)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "argument")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 8))
      (call $give-string (i32.const 64))
      (if (i32.ne (i32.load8_u (i32.const 257)) (i32.const 0xc3))
        (then unreachable))))
  @include run
)
