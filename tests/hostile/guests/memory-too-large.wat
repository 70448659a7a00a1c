;; memory-too-large.wat -- its memory begins with more than the limit (H15).
(component
  (core module $M
    (memory 257)
    (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
