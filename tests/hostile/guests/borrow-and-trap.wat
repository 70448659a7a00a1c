;; borrow-and-trap.wat -- traps with what it borrowed in its hands: the host
;; still has it.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run") (param i32) unreachable))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc)) (with "host" (instance $host))))
  (func (export "run") (param "r" (borrow $res))
    (canon lift (core func $m "run"))))
