;; realloc-asks-for-a-rep.wat -- realloc looks at a handle's representation:
;; resource.rep does not leave, allowed.
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
  (core func $rep (canon resource.rep $mine))
  (core instance $own (export "new" (func $new)) (export "rep" (func $rep)))
  (core module $M
    @include imports
    (import "own" "new" (func $new (param i32) (result i32)))
    (import "own" "rep" (func $rep (param i32) (result i32)))
    (import "libc" "table" (table 1 funcref))
    (elem (i32.const 0) $evil)
    (global $h (mut i32) (i32.const 0))
    (func $evil
      (if (i32.ne (call $rep (global.get $h)) (i32.const 7))
        (then unreachable)))
    (func (export "run")
      (global.set $h (call $new (i32.const 7)))
      (call $give-string (i32.const 64))))
  (core instance $m (instantiate $M (with "own" (instance $own))
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (canon lift (core func $m "run"))))
