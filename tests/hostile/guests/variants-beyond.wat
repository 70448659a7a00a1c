;; variants-beyond.wat -- case 3 inside of a list of variants.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256)
      "\01\ff\ff\ff\00\00\00\00\ff\ff\ff\ff" 
      "\03")
    (func (export "run")
      (call $take-variants (i32.const 256) (i32.const 2))))
  @include run
)
