;; enum-beyond.wat -- case 2 of an enum of two (case_index >= len(cases)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-enum (i32.const 2))))
  @include run
)
