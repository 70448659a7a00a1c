;; borrow-kept.wat -- returns without dropping what it borrowed (H32).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (borrow $res))
    (canon lift (core func $m "run"))))
