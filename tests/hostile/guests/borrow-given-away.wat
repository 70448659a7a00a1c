;; borrow-given-away.wat -- gives away what it borrowed (H33: not h.own).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) (call $take (local.get 0))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (borrow $res))
    (canon lift (core func $m "run"))))
