;; utf16-shrinks-misaligned.wat -- the realloc that gives back what is too much
;; moves the string to an odd address (H18: after realloc).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.const 1025))
        (else (i32.const 512)))))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
