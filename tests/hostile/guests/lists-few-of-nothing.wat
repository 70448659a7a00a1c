;; lists-few-of-nothing.wat -- 65536 empty lists, all zeros (H19): allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (memory.grow (i32.const 8)))
      (drop (call $take-lists (i32.const 65536) (i32.const 65536)))))
  @include run
)
