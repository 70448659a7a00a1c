;; borrow-dropped-twice.wat -- drops twice what it borrowed (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32)
      (call $drop (local.get 0)) (call $drop (local.get 0))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (borrow $res))
    (canon lift (core func $m "run"))))
