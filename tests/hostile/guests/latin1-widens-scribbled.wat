;; latin1-widens-scribbled.wat -- the realloc for the wider form has filled
;; what was written: garbage for the guest, no harm (H22).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536))
      (i32.const 512)))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))
      (if (i32.ne (i32.load (i32.const 68)) (i32.const 0x80000007))
        (then unreachable))))
  @include run
)
