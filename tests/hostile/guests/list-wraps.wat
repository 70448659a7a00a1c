;; list-wraps.wat -- pointer + bytes is 0 in 32 bits (H19).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const -4) (i32.const 1)))))
  @include run
)
