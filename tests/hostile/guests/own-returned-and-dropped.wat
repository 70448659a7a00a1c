;; own-returned-and-dropped.wat -- returns a handle that it has dropped (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) (result i32)
      (call $drop (local.get 0)) (local.get 0)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (own $res)) (result (own $res))
    (canon lift (core func $m "run"))))
