;; lists-of-nothing.wat -- 10^6 empty lists: 8 MiB (H19).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (memory.grow (i32.const 128)))
      (drop (call $take-lists (i32.const 0) (i32.const 1000000)))))
  @include run
)
