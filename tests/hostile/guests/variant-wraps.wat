;; variant-wraps.wat -- case 2^31 of a variant.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-variant
        (i32.const 0x80000000) (i32.const 0) (i32.const 0))))
  @include run
)
