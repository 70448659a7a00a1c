;; argument-not-given.wat -- a component is instantiated without what it
;; imports.
(component
  (component $C
    (import "f" (func $f))
    (export "run" (func $f)))
  (instance $c (instantiate $C))
  (export "run" (func $c "run")))
