;; variant-payload-outside.wat -- a variant's string is outside, its case is
;; fine.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-variant
        (i32.const 2) (i32.const 65536) (i32.const 1))))
  @include run
)
