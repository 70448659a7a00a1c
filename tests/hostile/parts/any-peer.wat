;; The other side of any.wat, with UTF-16: its answer, its block and whether it
;; drops what it borrowed are set from outside.
(component $Peer
  (import "res" (type $res (sub resource)))
  (core func $drop (canon resource.drop $res))
  (core module $M
    (import "res" "drop" (func $drop (param i32)))
    (memory (export "memory") 1)
    (global $answer (mut i32) (i32.const 0))
    (global $block (mut i32) (i32.const 0))
    (global $drops (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $block))
    @include any-write
    (func (export "set") (param i32 i32 i32)
      (global.set $answer (local.get 0))
      (global.set $block (local.get 1))
      (global.set $drops (i32.and (local.get 2) (i32.const 3))))
    (func (export "fill") (param i32 i32 i32) (call $write (local.get 0)))
    (func (export "f") (param i32 i32 i32 i32) (result i32)
      (if (global.get $drops) (then (call $drop (local.get 3))))
      (if (i32.eq (global.get $drops) (i32.const 3))
        (then (call $drop (local.get 2))))
      (if (i32.eq (global.get $drops) (i32.const 2))
        (then (i32.store
          (i32.and (global.get $answer) (i32.const 0xffc)) (local.get 2))))
      (global.get $answer)))
  (core instance $m (instantiate $M (with "res" (instance
    (export "drop" (func $drop))))))
  (func (export "set") (param "a" u32) (param "b" u32) (param "c" u32)
    (canon lift (core func $m "set")))
  (func (export "fill") (param "a" u32) (param "b" u32) (param "c" u32)
    (canon lift (core func $m "fill")))
  (func (export "f") (param "l" (list string)) (param "r" (own $res))
    (param "b" (borrow $res)) (result (tuple (own $res) (list string)))
    (canon lift (core func $m "f") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")) string-encoding=utf16)))
