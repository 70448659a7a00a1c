;; table-of-itself.wat -- a table of functions that calls through itself for
;; ever (H14).
(component
  (core module $M
    (type $t (func))
    (table 1 funcref)
    (elem (i32.const 0) $f)
    (func $f (export "run") (call_indirect (type $t) (i32.const 0))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
