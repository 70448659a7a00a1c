;; start-loops.wat -- its start function never ends (H11).
(component
  (core module $M
    (func $s (loop (br 0))) (start $s)
    (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
