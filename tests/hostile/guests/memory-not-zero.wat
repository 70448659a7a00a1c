;; memory-not-zero.wat -- looks through 16 MiB for what an earlier instance has
;; left, then fills them (H57).
(component
  (core module $M
    (memory 256)
    (func (export "run") (local $at i32)
      (loop
        (if (i64.ne (i64.load (local.get $at)) (i64.const 0))
          (then unreachable))
        (i64.store (local.get $at) (i64.const 0x59414e4143594e41))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if 0 (i32.lt_u (local.get $at) (i32.const 0x1000000))))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
