;; lent-and-given.wat -- one handle is lent and given away in one call (H31:
;; h.num_lends != 0).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (call $look-take (local.get $h) (local.get $h))))
  @include run
)
