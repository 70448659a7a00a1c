;; dtor-is-the-host.wat -- a destructor is a host function, which does not like
;; the number: a char of 0xD800.
(component
  @include libc
  @include host
  (type $r (resource (rep i32) (dtor (core func $take-char))))
  (core func $new (canon resource.new $r))
  (core func $drop-r (canon resource.drop $r))
  (core module $M
    (import "r" "new" (func $new (param i32) (result i32)))
    (import "r" "drop" (func $drop (param i32)))
    (func (export "run") (call $drop (call $new (i32.const 0xd800)))))
  (core instance $m (instantiate $M (with "r" (instance
    (export "new" (func $new)) (export "drop" (func $drop-r))))))
  (func (export "run") (canon lift (core func $m "run"))))
