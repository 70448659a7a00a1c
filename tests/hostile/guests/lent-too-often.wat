;; lent-too-often.wat -- lends one handle 2^20 + 1 times in one call: each loan
;; costs the host, and calls nest (H19, H34).
(component
  (component $Maker
    (type $mine (resource (rep i32)))
    (core func $new (canon resource.new $mine))
    (export $r "r" (type $mine))
    @include libc
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
  (component $User
    (import "r" (type $r (sub resource)))
    (import "make" (func $make (result (own $r))))
    (import "look" (func $look (param "rs" (list (borrow $r)))))
    (core module $Libc (memory (export "memory") 80))
    (core instance $libc (instantiate $Libc))
    (core func $make (canon lower (func $make)))
    (core func $look
      (canon lower (func $look) (memory (core memory $libc "memory"))))
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "maker" "make" (func $make (result i32)))
      (import "maker" "look" (func $look (param i32 i32)))
      (func (export "run") (local $at i32)
        (drop (call $make))
        (loop
          (i32.store (local.get $at) (i32.const 1))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br_if 0 (i32.lt_u (local.get $at) (i32.const 0x400004))))
        (call $look (i32.const 0) (i32.const 0x100001))))
    (core instance $m (instantiate $M (with "libc" (instance $libc))
      (with "maker" (instance
        (export "make" (func $make)) (export "look" (func $look))))))
    (func (export "run") (canon lift (core func $m "run"))))
  (instance $maker (instantiate $Maker))
  (instance $user (instantiate $User
    (with "r" (type $maker "r")) (with "make" (func $maker "make"))
    (with "look" (func $maker "look"))))
  (export "run" (func $user "run")))
