;; given-twice.wat -- gives a handle away twice, in two calls (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (call $take (local.get $h))
      (call $take (local.get $h))))
  @include run
)
