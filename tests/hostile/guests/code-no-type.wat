;; code-no-type.wat -- its core code pushes an i64 where an i32 is due (H12).
(component
  (core module $M
    (func (export "run") (drop (i32.add (i64.const 1) (i32.const 1)))))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
