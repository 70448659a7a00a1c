;; borrow-as-another-type.wat -- drops what it borrowed as a handle of `other`
;; (H30).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) (call $drop-other (local.get 0))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (borrow $res))
    (canon lift (core func $m "run"))))
