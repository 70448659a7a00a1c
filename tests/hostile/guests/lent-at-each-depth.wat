;; lent-at-each-depth.wat -- components call each other twenty deep, and at
;; each depth a million loans come and go: no call keeps the room for them
;; (H14, H34).
(component
  (component $Maker
    (type $mine (resource (rep i32)))
    (core func $new (canon resource.new $mine))
    (export $r "r" (type $mine))
    (core module $Libc
      (memory (export "memory") 80)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.const 0)))
    (core instance $libc (instantiate $Libc))
    (core module $M
      (import "r" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 42)))
      (func (export "look") (param i32 i32)))
    (core instance $m (instantiate $M (with "r" (instance
      (export "new" (func $new))))))
    (func (export "make") (result (own $r)) (canon lift (core func $m "make")))
    (func (export "look") (param "rs" (list (borrow $r)))
      (canon lift (core func $m "look") (memory (core memory $libc "memory"))
        (realloc (core func $libc "realloc")))))
  (component $Peer
    (import "back" (func $back (param "n" u32)))
    (core func $back (canon lower (func $back)))
    (core module $M
      (import "p" "back" (func $back (param i32)))
      (func (export "step") (param i32) (call $back (local.get 0))))
    (core instance $m (instantiate $M (with "p" (instance
      (export "back" (func $back))))))
    (func (export "step") (param "n" u32) (canon lift (core func $m "step"))))
  (instance $maker (instantiate $Maker))
  (core module $Shim
    (type $t (func (param i32)))
    (memory (export "memory") 80)
    (table (export "table") 1 funcref)
    (func (export "back") (param i32)
      (call_indirect (type $t) (local.get 0) (i32.const 0))))
  (core instance $shim (instantiate $Shim))
  (func $back (param "n" u32) (canon lift (core func $shim "back")))
  (instance $peer (instantiate $Peer (with "back" (func $back))))
  (core func $make (canon lower (func $maker "make")))
  (core func $step (canon lower (func $peer "step")))
  (core func $look (canon lower (func $maker "look")
    (memory (core memory $shim "memory"))))
  (core module $M
    (import "shim" "memory" (memory 1))
    (import "shim" "table" (table 1 funcref))
    (import "f" "make" (func $make (result i32)))
    (import "f" "look" (func $look (param i32 i32)))
    (import "f" "step" (func $step (param i32)))
    (elem (i32.const 0) $back)
    (func $back (param i32)
      (if (i32.eqz (local.get 0)) (then (return)))
      (call $look (i32.const 0) (i32.const 1000000))
      (call $step (i32.sub (local.get 0) (i32.const 1))))
    (func (export "run") (local $at i32)
      (drop (call $make))
      (loop
        (i32.store (local.get $at) (i32.const 1))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if 0 (i32.lt_u (local.get $at) (i32.const 4000000))))
      (call $back (i32.const 20))))
  (core instance $m (instantiate $M (with "shim" (instance $shim))
    (with "f" (instance (export "make" (func $make))
      (export "look" (func $look)) (export "step" (func $step))))))
  (func (export "run") (canon lift (core func $m "run"))))
