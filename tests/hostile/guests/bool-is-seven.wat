;; bool-is-seven.wat -- bool 7, and bool 256: true, as 1.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (if (i32.ne (call $take-bool (i32.const 7)) (i32.const 1))
        (then unreachable))
      (if (i32.ne (call $take-bool (i32.const 256)) (i32.const 1))
        (then unreachable))
      (if (call $take-bool (i32.const 0)) (then unreachable))))
  @include run
)
