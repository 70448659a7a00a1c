;; grow-two.wat -- two memories take turns in growing: the limit is over both
;; (H15).
(component
  (core module $M
    (memory $a 1) (memory $b 1)
    (func (export "run") (local $i i32)
      (loop
        (drop (memory.grow $a (i32.const 1)))
        (drop (memory.grow $b (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 300))))
      (if (i32.ne (i32.add (memory.size $a) (memory.size $b)) (i32.const 256))
        (then unreachable))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
