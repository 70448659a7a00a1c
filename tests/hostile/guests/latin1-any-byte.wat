;; latin1-any-byte.wat -- Latin-1 of bytes that are no UTF-8 (H17): allowed.
(component
  @include libc
  @include host string-encoding=latin1+utf16
  (core module $M
    @include imports
    (data (i32.const 256) "\ff\c0\80\ed")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 4))))
  @include run
)
