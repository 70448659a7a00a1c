;; A component that makes a resource: its destructor is @1, its number 42.
(component $Maker
  (core module $D (func (export "dtor") (param i32) @1))
  (core instance $d (instantiate $D))
  (type $mine (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $mine))
  (core func $drop (canon resource.drop $mine))
  (export $r "r" (type $mine))
  (core module $M
    (import "r" "new" (func $new (param i32) (result i32)))
    (import "r" "drop" (func $drop (param i32)))
    (func (export "make") (result i32) (call $new (i32.const 42)))
    (func (export "look") (param i32) (result i32) (local.get 0))
    (func (export "take") (param i32) (call $drop (local.get 0)))
    (func (export "look-take") (param i32 i32) (call $drop (local.get 1))))
  (core instance $m (instantiate $M (with "r" (instance
    (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "make") (result (own $r)) (canon lift (core func $m "make")))
  (func (export "look") (param "r" (borrow $r)) (result u32)
    (canon lift (core func $m "look")))
  (func (export "take") (param "r" (own $r))
    (canon lift (core func $m "take")))
  (func (export "look-take") (param "a" (borrow $r)) (param "b" (own $r))
    (canon lift (core func $m "look-take"))))
