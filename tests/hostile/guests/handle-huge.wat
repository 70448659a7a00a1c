;; handle-huge.wat -- an index whose slot would be 4 GiB on (H30).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $make))
      (drop (call $look (i32.const 268435455)))))
  @include run
)
