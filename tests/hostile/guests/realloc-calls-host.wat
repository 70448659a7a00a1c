;; realloc-calls-host.wat -- realloc calls the host (H22, H41: not may_leave in
;; canon_lower).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (type $t (func))
    (table (export "table") 1 funcref)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (call_indirect (type $t) (i32.const 0))
      (i32.const 512)))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (import "libc" "table" (table 1 funcref))
    (elem (i32.const 0) $evil)
    (func $evil (call $tick))
    (func (export "run")
      (call $give-string (i32.const 64))))
  @include run
)
