;; gated-called.wat -- a built-in of a proposal that is not run, called: a trap by its name.
(component
  (core func $yield (canon thread.yield))
  (core module $M
    (import "" "yield" (func $yield (result i32)))
    (func (export "run") (drop (call $yield))))
  (core instance $m (instantiate $M (with "" (instance
    (export "yield" (func $yield))))))
  (func (export "run") (canon lift (core func $m "run"))))
