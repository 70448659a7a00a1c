;; latin1-shrinks-misaligned.wat -- the third realloc moves the string to an
;; odd address (store_string_to_latin1_or_utf16).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (global $n (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (if (result i32) (i32.eq (global.get $n) (i32.const 3))
        (then (i32.const 1025))
        (else (i32.const 512)))))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
