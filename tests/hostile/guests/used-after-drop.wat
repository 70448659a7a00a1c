;; used-after-drop.wat -- a handle after it was dropped (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $h i32)
      (local.set $h (call $make))
      (call $drop (local.get $h))
      (drop (call $look (local.get $h)))))
  @include run
)
