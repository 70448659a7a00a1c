;; variant-beyond.wat -- case 3 of a variant of three (case_index >=
;; len(cases)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-variant (i32.const 3) (i32.const 0) (i32.const 0))))
  @include run
)
