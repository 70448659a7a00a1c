;; variant-unused-slots.wat -- what stands in the slots that a case does not
;; use is not looked at: allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-variant (i32.const 0) (i32.const -1) (i32.const -1))
      (call $take-variant (i32.const 1) (i32.const -1) (i32.const -1))))
  @include run
)
