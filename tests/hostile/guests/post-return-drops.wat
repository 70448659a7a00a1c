;; post-return-drops.wat -- post-return drops a handle (not may_leave in
;; canon_resource_drop).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (drop (call $make)))
    (func (export "post") (call $drop (i32.const 1))))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (canon lift (core func $m "run")
    (post-return (core func $m "post")))))
