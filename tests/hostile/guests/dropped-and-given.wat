;; dropped-and-given.wat -- drops a handle and gives it away (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (call $drop (local.get $h))
      (call $take (local.get $h))))
  @include run
)
