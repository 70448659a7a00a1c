;; handles-honest.wat -- forty resources, all given away in one list: allowed.
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
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 40))))
      (call $take-many (i32.const 1024) (i32.const 40))))
  @include run
)
