;; string-empty-outside.wat -- empty, one byte behind the memory's end (H16).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65537) (i32.const 0))))
  @include run
)
