;; recursion.wat -- calls itself for ever (H14).
(component
  (core module $M
    (func $f (export "run") (call $f)))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
