;; string-2-31.wat -- a length of 2^31: the tag of another encoding (H16).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 0) (i32.const -2147483648))))
  @include run
)
