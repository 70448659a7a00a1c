;; enum-wraps.wat -- case 256 of an enum of one byte: not case 0.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-enum (i32.const 256))))
  @include run
)
