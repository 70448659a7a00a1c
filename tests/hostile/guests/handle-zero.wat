;; handle-zero.wat -- index 0 is never a handle (H30: array[i] is None).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $make))
      (drop (call $look (i32.const 0)))))
  @include run
)
