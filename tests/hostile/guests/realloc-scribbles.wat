;; realloc-scribbles.wat -- realloc fills all of its memory (H22): no pointer
;; of the host's lies there.
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536))
      (i32.const 512)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))
      (if (i32.ne (i32.load (i32.const 68)) (i32.const 10))
        (then unreachable))
      (if (i32.ne (i32.load8_u (i32.const 512)) (i32.const 0x68))
        (then unreachable))))
  @include run
)
