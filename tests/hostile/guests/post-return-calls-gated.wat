;; post-return-calls-gated.wat -- H41: a built-in of a proposal that is not run, called where nothing may be.
(component
  (core func $new (canon waitable-set.new))
  (core module $M
    (import "" "new" (func $new (result i32)))
    (func (export "run"))
    (func (export "after") (drop (call $new))))
  (core instance $m (instantiate $M (with "" (instance
    (export "new" (func $new))))))
  (func (export "run")
    (canon lift (core func $m "run") (post-return (core func $m "after")))))
