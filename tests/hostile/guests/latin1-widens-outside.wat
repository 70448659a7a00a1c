;; latin1-widens-outside.wat -- the realloc for the wider form returns a block
;; outside (H21).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.const 65534))
        (else (i32.const 512)))))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
