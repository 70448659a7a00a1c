;; twins-are-strangers.wat -- two instances of one component make resources of
;; different types: one's handle is nothing to the other (H30: h.rt is not
;; t.rt).
(component
  @include maker
  (component $User
    (import "r1" (type $r1 (sub resource)))
    (import "r2" (type $r2 (sub resource)))
    (import "make1" (func $make1 (result (own $r1))))
    (import "look2" (func $look2 (param "r" (borrow $r2)) (result u32)))
    (core func $make1 (canon lower (func $make1)))
    (core func $look2 (canon lower (func $look2)))
    (core module $M
      (import "maker" "make1" (func $make1 (result i32)))
      (import "maker" "look2" (func $look2 (param i32) (result i32)))
      (func (export "run") (drop (call $look2 (call $make1)))))
    (core instance $m (instantiate $M (with "maker" (instance
      (export "make1" (func $make1)) (export "look2" (func $look2))))))
    (func (export "run") (canon lift (core func $m "run"))))
  (instance $one (instantiate $Maker))
  (instance $two (instantiate $Maker))
  (instance $user (instantiate $User
    (with "r1" (type $one "r")) (with "r2" (type $two "r"))
    (with "make1" (func $one "make")) (with "look2" (func $two "look"))))
  (export "run" (func $user "run")))
