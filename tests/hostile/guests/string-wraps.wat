;; string-wraps.wat -- pointer + length is 1 in 32 bits (H16: ptr + byte_length
;; > len(memory)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const -1) (i32.const 2))))
  @include run
)
