;; realloc-makes-a-resource.wat -- realloc makes a resource (H41: not may_leave
;; in canon_resource_new).
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
  (type $mine (resource (rep i32)))
  (core func $new (canon resource.new $mine))
  (core instance $own (export "new" (func $new)))
  (core module $M
    @include imports
    (import "own" "new" (func $new (param i32) (result i32)))
    (import "libc" "table" (table 1 funcref))
    (elem (i32.const 0) $evil)
    (func $evil (drop (call $new (i32.const 7))))
    (func (export "run") (call $give-string (i32.const 64))))
  (core instance $m (instantiate $M (with "own" (instance $own))
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (canon lift (core func $m "run"))))
