;; chars-surrogate.wat -- a list<char> with a surrogate.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "a\00\00\00\00\d8\00\00")
    (func (export "run")
      (call $take-chars (i32.const 256) (i32.const 2))))
  @include run
)
