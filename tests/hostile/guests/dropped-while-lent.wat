;; dropped-while-lent.wat -- a handle is lent to the peer, which calls back,
;; and is dropped there (H31: h.num_lends != 0 in canon_resource_drop).
(component
  @include libc
  @include host
  (core module $Shim
    (type $t (func))
    (table (export "table") 1 funcref)
    (func (export "back") (call_indirect (type $t) (i32.const 0))))
  (core instance $shim (instantiate $Shim))
  (func $back (canon lift (core func $shim "back")))
  (component $Peer
    (import "res" (type $res (sub resource)))
    (import "back" (func $back))
    (core func $drop (canon resource.drop $res))
    (core func $back (canon lower (func $back)))
    (core module $M
      (import "p" "back" (func $back))
      (import "p" "drop" (func $drop (param i32)))
      (func (export "use") (param i32)
        (call $back)
        (call $drop (local.get 0))))
    (core instance $m (instantiate $M (with "p" (instance
      (export "back" (func $back)) (export "drop" (func $drop))))))
    (func (export "use") (param "r" (borrow $res))
      (canon lift (core func $m "use"))))
  (instance $peer (instantiate $Peer
    (with "res" (type $res)) (with "back" (func $back))))
  (core func $use (canon lower (func $peer "use")))
  (core module $M
    @include imports
    (import "peer" "use" (func $use (param i32)))
    (import "shim" "table" (table 1 funcref))
    (elem (i32.const 0) $back)
    (global $h (mut i32) (i32.const 0))
    (global $n (mut i32) (i32.const 0))
    (func $back
      (call $drop (global.get $h)))
    (func (export "run")
      (global.set $h (call $make))
      (call $use (global.get $h))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))
    (with "peer" (instance (export "use" (func $use))))
    (with "shim" (instance $shim))))
  (func (export "run") (canon lift (core func $m "run"))))
