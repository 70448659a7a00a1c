;; given-in-a-list-twice.wat -- a list of a hundred handles, the last is the
;; first: ninety-nine are on the way (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $i i32)
      (loop
        (i32.store
          (i32.add (i32.const 1024) (i32.shl (local.get $i) (i32.const 2)))
          (call $make))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 99))))
      (i32.store (i32.const 1420) (i32.load (i32.const 1024)))
      (call $take-many (i32.const 1024) (i32.const 100))))
  @include run
)
