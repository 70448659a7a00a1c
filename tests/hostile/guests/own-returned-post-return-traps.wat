;; own-returned-post-return-traps.wat -- returns a resource, and traps in post-
;; return: the resource comes back with the instance (H23, H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (result i32) (call $make))
    (func (export "post") (param i32) unreachable))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (result (own $res))
    (canon lift (core func $m "run")
    (post-return (core func $m "post")))))
