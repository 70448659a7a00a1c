;; strings-inner-broken.wat -- the second of two strings is not UTF-8 (H17).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256)
      "\10\01\00\00\01\00\00\00\10\01\00\00" 
      "\02\00\00\00a\ff")
    (func (export "run")
      (call $take-strings (i32.const 256) (i32.const 2))))
  @include run
)
