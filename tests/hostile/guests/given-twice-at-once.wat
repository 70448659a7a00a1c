;; given-twice-at-once.wat -- gives one handle twice in one call: the first has
;; left the table, and still comes back to the host (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (call $take2 (local.get $h) (local.get $h))))
  @include run
)
