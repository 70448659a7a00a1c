;; good.wat -- a component without fault, for after each attack.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32 i32)
      (local $a i32) (local $b i32)
      (call $tick)
      (local.set $a (call $make))
      (local.set $b (call $make))
      (if (i32.ne (call $look (local.get $a)) (i32.const 1))
        (then unreachable))
      (call $look-take (local.get $a) (local.get $b))
      (call $drop (local.get $a))
      (call $take-string (local.get 0) (local.get 1))
      (call $give-string (i32.const 64))
      (if (i32.ne (i32.load (i32.const 68)) (i32.const 10))
        (then unreachable))
      (call $give-big (i32.const 128))
      (if (i32.ne (i32.load (i32.const 188)) (i32.const 16))
        (then unreachable))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "s" string)
    (canon lift (core func $m "run")
      (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")))))
