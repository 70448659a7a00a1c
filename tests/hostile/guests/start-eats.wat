;; start-eats.wat -- its start function takes memory until there is none (H11,
;; H15).
(component
  (core module $M
    (memory 1)
    (func $s
      (loop
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1))
          (then unreachable))
        (br 0)))
    (start $s)
    (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
