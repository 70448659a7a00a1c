;; own-returned-forged.wat -- returns a handle that it never had (H30, H33).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) (result i32) (i32.const 77)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (own $res)) (result (own $res))
    (canon lift (core func $m "run"))))
