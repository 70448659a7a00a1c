;; throws.wat -- throws an exception (call_and_trap_on_throw): the engine has
;; none.
(component
  (core module $M
    (tag $t)
    (func (export "run") (throw $t)))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
