;; A memory of one page; its realloc goes upwards from 32768 and never frees.
(core module $Libc
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 32768))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and
        (i32.sub (i32.add (global.get $next) (local.get 2)) (i32.const 1))
        (i32.sub (i32.const 0) (local.get 2))))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (memory.copy (local.get $at) (local.get 0) (local.get 1))
    (local.get $at)))
(core instance $libc (instantiate $Libc))
