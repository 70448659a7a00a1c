;; post-return-is-the-host.wat -- post-return is a host function (not
;; may_leave).
(component
  @include libc
  @include host
  (core module $M (func (export "run")))
  (core instance $m (instantiate $M))
  (func (export "run")
    (canon lift (core func $m "run") (post-return (core func $tick)))))
