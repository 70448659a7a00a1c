;; utf16-past-end.wat -- UTF-16 that ends a unit behind the memory (H16).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65534) (i32.const 2))))
  @include run
)
