;; call-of-another-type.wat -- an indirect call of a function of another type
;; (H12).
(component
  (core module $M
    (type $t (func))
    (table 1 funcref)
    (elem (i32.const 0) $f)
    (func $f (param i32))
    (func (export "run") (call_indirect (type $t) (i32.const 0))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
