;; list-empty-misaligned.wat -- an empty list<u32> at an odd address (H18).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const 257) (i32.const 0)))))
  @include run
)
