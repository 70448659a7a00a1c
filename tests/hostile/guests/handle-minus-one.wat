;; handle-minus-one.wat -- index 2^32 - 1 (H30: i >= len(array)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $make))
      (drop (call $look (i32.const -1)))))
  @include run
)
