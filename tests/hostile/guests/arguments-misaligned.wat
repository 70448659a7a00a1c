;; arguments-misaligned.wat -- more than sixteen flat values, their tuple at an
;; odd address.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-big (i32.const 129))))
  @include run
)
