;; grow-forever.wat -- memory.grow by one page until it is refused, then a trap
;; (H15).
(component
  (core module $M
    (memory 1)
    (func (export "run")
      (loop
        (br_if 0
          (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      unreachable))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
