;; memory64.wat -- it declares a memory of 64 bits (H25).
(component
  (core module $M
    (memory i64 1)
    (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
