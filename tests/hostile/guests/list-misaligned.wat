;; list-misaligned.wat -- list<u32> at an odd address (H18: ptr !=
;; align_to(...)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const 258) (i32.const 1)))))
  @include run
)
