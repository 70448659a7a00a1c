;; start-traps.wat -- its start function traps (H11).
(component
  (core module $M
    (func $s unreachable) (start $s)
    (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
