;; start-is-the-host.wat -- a start function is a host function: allowed.
(component
  @include libc
  @include host
  (core module $M
    (import "host" "tick" (func $tick))
    (start $tick)
    (func (export "run")))
  (core instance $m (instantiate $M (with "host" (instance $host))))
  (func (export "run") (canon lift (core func $m "run"))))
