;; handles-in-turn.wat -- makes and drops a hundred thousand times: the table
;; stays small (H34).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $i i32) (local $h i32)
      (loop
        (local.set $h (call $make))
        (if (i32.ne (local.get $h) (i32.const 1)) (then unreachable))
        (call $drop (local.get $h))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 100000))))))
  @include run
)
