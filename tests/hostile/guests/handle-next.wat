;; handle-next.wat -- the index behind the last (H30: i >= len(array)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $make))
      (drop (call $look (i32.const 2)))))
  @include run
)
