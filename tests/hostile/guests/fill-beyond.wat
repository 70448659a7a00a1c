;; fill-beyond.wat -- one memory.fill of 4 GiB (H13).
(component
  (core module $M
    (memory 1)
    (func (export "run")
      (memory.fill (i32.const 0) (i32.const 1) (i32.const -1))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
