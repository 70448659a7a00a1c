;; string-at-end.wat -- ends with the memory (H16): allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65534) (i32.const 2))))
  @include run
)
