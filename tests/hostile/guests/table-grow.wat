;; table-grow.wat -- a table grows by 2^32-1 elements, and to beyond its limit
;; (H15).
(component
  (core module $M
    (table $t 1 funcref)
    (func (export "run")
      (if (i32.ne (table.grow $t (ref.null func) (i32.const -1))
            (i32.const -1))
        (then unreachable))
      (loop
        (br_if 0
          (i32.ne (table.grow $t (ref.null func) (i32.const 65536))
            (i32.const -1))))
      (if (i32.gt_u (table.size $t) (i32.const 0x100000))
        (then unreachable))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
