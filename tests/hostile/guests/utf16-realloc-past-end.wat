;; utf16-realloc-past-end.wat -- realloc returns too little room for UTF-16
;; (H21: ptr + worst_case_size > len(memory)).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 65534)))
  (core instance $libc (instantiate $Libc))
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
