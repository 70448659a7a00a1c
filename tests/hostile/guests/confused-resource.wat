;; confused-resource.wat -- one resource is given where another is meant:
;; compared by kind, the handle is of another resource all the same (H30).
(component
  @include libc
  @include host
  (component $Peer
    (import "res" (type $res (sub resource)))
    (import "make" (func $make (result (own $res))))
    (core func $make (canon lower (func $make)))
    (core func $drop (canon resource.drop $res))
    (core module $M
      (import "p" "make" (func $make (result i32)))
      (import "p" "drop" (func $drop (param i32)))
      (func (export "run") (call $drop (call $make))))
    (core instance $m (instantiate $M (with "p" (instance
      (export "make" (func $make)) (export "drop" (func $drop))))))
    (func (export "run") (canon lift (core func $m "run"))))
  (alias export $api "make-other" (func $make-other))
  (instance $peer (instantiate $Peer
    (with "res" (type $res)) (with "make" (func $make-other))))
  (export "run" (func $peer "run")))
