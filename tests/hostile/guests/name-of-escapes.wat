;; name-of-escapes.wat -- a function whose name would clear a terminal and
;; forge a line (H43).
(component
  (core module $M
    (func $f
      (@name "\1b[2J\1b]0;owned\07\0aerror[E0000]: all is well")
      unreachable)
    (func (export "run") (call $f)))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
