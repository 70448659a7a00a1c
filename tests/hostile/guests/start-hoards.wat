;; start-hoards.wat -- its start function takes a thousand resources of the
;; host and traps: each comes back (H11, H34, H41).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func $s (local $i i32)
      (loop
        (drop (call $make))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))
      unreachable)
    (start $s)
    (func (export "run")))
  @include run
)
