;; shared-memory.wat -- it declares a memory that threads share (H25).
(component
  (core module $M
    (memory 1 2 shared)
    (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
