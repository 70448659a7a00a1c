;; latin1-past-end.wat -- Latin-1 that ends behind the memory (H16).
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65534) (i32.const 3))))
  @include run
)
