;; strings-outside-after-fine.wat -- a list of strings whose last length is
;; 2^32-1 (H16).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256)
      "\10\01\00\00\01\00\00\00\10\01\00\00" 
      "\ff\ff\ff\ffab")
    (func (export "run")
      (call $take-strings (i32.const 256) (i32.const 2))))
  @include run
)
