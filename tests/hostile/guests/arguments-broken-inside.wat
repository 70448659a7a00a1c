;; arguments-broken-inside.wat -- the string in a large record is outside.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (i32.store (i32.const 320) (i32.const 70000))
      (i32.store (i32.const 324) (i32.const 1))
      (call $take-big (i32.const 256))))
  @include run
)
