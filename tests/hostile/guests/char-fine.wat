;; char-fine.wat -- the chars next to those that are none: allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-char (i32.const 0xd7ff))
      (call $take-char (i32.const 0xe000))
      (call $take-char (i32.const 0x10ffff))
      (call $take-char (i32.const 0))))
  @include run
)
