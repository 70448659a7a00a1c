;; dropped-twice.wat -- drops a handle twice (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (call $drop (local.get $h))
      (call $drop (local.get $h))))
  @include run
)
