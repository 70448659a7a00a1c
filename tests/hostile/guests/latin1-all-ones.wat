;; latin1-all-ones.wat -- all bits of the length set: the tag, and 2^31 - 1
;; units (H17).
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const -1))))
  @include run
)
