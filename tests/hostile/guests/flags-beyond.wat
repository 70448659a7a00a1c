;; flags-beyond.wat -- flags with bits that have no label: they are cleared.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (if (i32.ne (call $take-flags (i32.const -3)) (i32.const 5))
        (then unreachable))))
  @include run
)
