;; fill-forever.wat -- fills 16 MiB again and again: no back edge costs what
;; the fill does (H13).
(component
  (core module $M
    (memory 256)
    (func (export "run")
      (loop
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000))
        (br 0))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
