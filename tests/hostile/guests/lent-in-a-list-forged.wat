;; lent-in-a-list-forged.wat -- a list of borrows, the last is none: what was
;; lent is no one's (H30).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (i32.store (i32.const 1024) (local.get $h))
      (i32.store (i32.const 1028) (local.get $h))
      (call $look-many (i32.const 1024) (i32.const 3))))
  @include run
)
