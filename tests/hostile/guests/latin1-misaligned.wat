;; latin1-misaligned.wat -- Latin-1 at an odd address: either form is aligned
;; to 2 (H18).
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 257) (i32.const 1))))
  @include run
)
