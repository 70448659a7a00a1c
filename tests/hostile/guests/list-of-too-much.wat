;; list-of-too-much.wat -- one list of 8 MiB: more than the host takes (H19).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (memory.grow (i32.const 128)))
      (drop (call $take-list (i32.const 0) (i32.const 2097152)))))
  @include run
)
