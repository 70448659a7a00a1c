;; post-return-calls-host.wat -- post-return calls the host (not may_leave in
;; canon_lower).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run"))
    (func (export "post") (call $tick)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (canon lift (core func $m "run")
    (post-return (core func $m "post")))))
