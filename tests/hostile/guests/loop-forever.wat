;; loop-forever.wat -- a loop without end (H13).
(component
  (core module $M
    (func (export "run") (loop (br 0))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
