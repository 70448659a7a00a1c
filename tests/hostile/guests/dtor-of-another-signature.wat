;; dtor-of-another-signature.wat -- the destructor takes an i64 (H12, H37).
(component
  (core module $D (func (export "dtor") (param i64)))
  (core instance $d (instantiate $D))
  (type $r (resource (rep i32) (dtor (core func $d "dtor"))))
  (core module $M (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
