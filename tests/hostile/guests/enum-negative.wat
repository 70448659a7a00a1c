;; enum-negative.wat -- case -1 of an enum.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-enum (i32.const -1))))
  @include run
)
