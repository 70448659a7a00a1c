;; result-pointer-wraps.wat -- the place for a large result wraps 32 bits.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-big (i32.const -4))))
  @include run
)
