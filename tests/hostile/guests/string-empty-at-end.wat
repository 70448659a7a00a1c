;; string-empty-at-end.wat -- empty, at the memory's end (H16): allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65536) (i32.const 0))))
  @include run
)
