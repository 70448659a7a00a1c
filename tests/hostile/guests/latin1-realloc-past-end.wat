;; latin1-realloc-past-end.wat -- realloc returns too little room for Latin-1
;; (store_string_to_latin1_or_utf16: ptr + src_code_units > len(memory)).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 65528)))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
