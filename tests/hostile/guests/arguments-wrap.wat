;; arguments-wrap.wat -- more than sixteen flat values, their tuple wraps 32
;; bits.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-big (i32.const -8))))
  @include run
)
