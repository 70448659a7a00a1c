;; latin1-tagged-past-end.wat -- tagged as UTF-16, two units at the last two
;; bytes (H16, H17).
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 65534) (i32.const -2147483646))))
  @include run
)
