;; borrow-returned-as-own.wat -- returns what it borrowed as its own (H32,
;; H33).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (borrow $res)) (result (own $res))
    (canon lift (core func $m "run"))))
