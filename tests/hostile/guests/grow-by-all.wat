;; grow-by-all.wat -- memory.grow by 65535 pages at once, and by 2^32-1 (H15).
(component
  (core module $M
    (memory 1)
    (func (export "run")
      (if (i32.ne (memory.grow (i32.const 65535)) (i32.const -1))
        (then unreachable))
      (if (i32.ne (memory.grow (i32.const -1)) (i32.const -1))
        (then unreachable))
      (if (i32.ne (memory.size) (i32.const 1)) (then unreachable))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
