;; dtor-left.wat -- returns with a resource whose destructor would trap:
;; nothing of an instance runs when it goes (H37); allowed.
(component
  (core module $D
    (type $t (func (param i32)))
    (table (export "table") 1 funcref)
    (func (export "dtor") (param i32)
      (call_indirect (type $t) (local.get 0) (i32.const 0))))
  (core instance $d (instantiate $D))
  (type $r (resource (rep i32) (dtor (core func $d "dtor"))))
  (type $s (resource (rep i32)))
  (core func $new (canon resource.new $r))
  (core func $rep (canon resource.rep $r))
  (core func $drop (canon resource.drop $r))
  (core func $new-s (canon resource.new $s))
  (core func $drop-s (canon resource.drop $s))
  (core instance $own (export "new" (func $new)) (export "rep" (func $rep))
    (export "drop" (func $drop)) (export "new-s" (func $new-s))
    (export "drop-s" (func $drop-s)))
  (core module $M
    (import "own" "new" (func $new (param i32) (result i32)))
    (import "own" "rep" (func $rep (param i32) (result i32)))
    (import "own" "drop" (func $drop (param i32)))
    (import "own" "new-s" (func $new-s (param i32) (result i32)))
    (import "own" "drop-s" (func $drop-s (param i32)))
    (import "d" "table" (table 1 funcref))
    (elem (i32.const 0) $dtor)
    (func $dtor (param i32)
      unreachable)
    (func (export "run")
      (drop (call $new (i32.const 1)))))
  (core instance $m (instantiate $M
    (with "own" (instance $own)) (with "d" (instance $d))))
  (func (export "run") (canon lift (core func $m "run"))))
