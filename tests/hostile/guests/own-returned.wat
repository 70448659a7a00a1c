;; own-returned.wat -- gives back what it was given: allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (own $res)) (result (own $res))
    (canon lift (core func $m "run"))))
