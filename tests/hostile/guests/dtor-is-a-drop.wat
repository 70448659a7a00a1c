;; dtor-is-a-drop.wat -- a destructor drops a handle of the host: the number is
;; taken for one (H37).
(component
  @include libc
  @include host
  (type $r (resource (rep i32) (dtor (core func $drop))))
  (core func $new (canon resource.new $r))
  (core func $drop-r (canon resource.drop $r))
  (core module $M
    @include imports
    (import "r" "new" (func $new (param i32) (result i32)))
    (import "r" "drop" (func $drop-r (param i32)))
    (func (export "run")
      (call $drop-r (call $new (call $make)))
      (call $drop-r (call $new (i32.const 1)))))
  (core instance $m (instantiate $M (with "r" (instance
    (export "new" (func $new)) (export "drop" (func $drop-r))))
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (canon lift (core func $m "run"))))
