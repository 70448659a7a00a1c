;; arena-over-itself.wat -- the arena gives out its own words (H21): the
;; guest's own affair.
(component
  (core module $Libc
    (memory (export "memory") 1)
    (global (export "torvyn_arena_v1") i32 (i32.const 1024))
    (data (i32.const 1024)
      "\00\04\00\00\60\ea\00\00\00\04\00\00"
      "\60\ea\00\00\00\00\00\00\00\00\00\00")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 512)))
  (core instance $libc0 (instantiate $Libc))
  (alias core export $libc0 "cabi_realloc" (core func $realloc))
  (core instance $libc (export "memory" (memory $libc0 "memory"))
    (export "realloc" (func $realloc)))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-list (i32.const 64))))
  @include run
)
