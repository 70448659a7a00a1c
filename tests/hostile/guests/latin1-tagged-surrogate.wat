;; latin1-tagged-surrogate.wat -- tagged as UTF-16, and it is none (H17).
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (data (i32.const 256) "\00\d8")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const -2147483647))))
  @include run
)
