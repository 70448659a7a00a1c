;; lists-inner-outside.wat -- the third inner list lies outside (H19).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256)
      "\00\00\00\00\01\00\00\00\00\00\00\00" 
      "\01\00\00\00\ff\ff\00\00\02\00\00\00")
    (func (export "run")
      (drop (call $take-lists (i32.const 256) (i32.const 3)))))
  @include run
)
