;; returns-a-borrow.wat -- an export returns a borrow: it would outlive the
;; call (H32).
(component
  @include libc
  @include host
  (core module $M
    (func (export "run") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M))
  (func (export "run") (param "r" (borrow $res)) (result (borrow $res))
    (canon lift (core func $m "run"))))
