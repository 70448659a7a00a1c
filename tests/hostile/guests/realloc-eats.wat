;; realloc-eats.wat -- realloc grows the memory until it is refused, then traps
;; (H15, H22).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (loop
        (br_if 0
          (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      unreachable))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
