;; handles-left-by-a-loop.wat -- keeps a handle, gives one away, and never ends
;; (H38).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $make))
      (call $take (call $make))
      (loop (br 0))))
  @include run
)
