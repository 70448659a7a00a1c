;; core-export-missing.wat -- an alias of a core export that is not there.
(component
  (core module $M)
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
