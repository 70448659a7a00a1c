;; lift-of-another-signature.wat -- the core function takes and returns more
;; than its type says (H12, calls are unchecked).
(component
  (core module $M
    (func (export "run") (param i64 i64 i64) (result i64) (local.get 2)))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
