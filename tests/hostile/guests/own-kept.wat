;; own-kept.wat -- is given a resource and keeps it: it comes back with the
;; instance.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (own $res))
    (canon lift (core func $m "run"))))
