;; realloc-null.wat -- realloc returns 0: an address as any other (H21):
;; allowed.
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 0)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))
      (if (i32.load (i32.const 64)) (then unreachable))
      (if (i32.ne (i32.load8_u (i32.const 0)) (i32.const 0x68))
        (then unreachable))))
  @include run
)
