;; lent-twice.wat -- one handle is lent a thousand times in one call: allowed,
;; and free afterwards.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32) (local $i i32)
      (local.set $h (call $make))
      (loop
        (i32.store
          (i32.add (i32.const 1024) (i32.shl (local.get $i) (i32.const 2)))
          (local.get $h))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))
      (call $look-many (i32.const 1024) (i32.const 1000))
      (call $drop (local.get $h))))
  @include run
)
