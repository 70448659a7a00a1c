;; table-out-of-bounds.wat -- an indirect call beyond its table (H12).
(component
  (core module $M
    (type $t (func))
    (table 1 funcref)
    (func (export "run") (call_indirect (type $t) (i32.const 9))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
