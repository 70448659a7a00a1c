;; utf16-misaligned.wat -- UTF-16 at an odd address (H18: ptr != align_to(ptr,
;; 2)).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (call $take-string (i32.const 257) (i32.const 1))))
  @include run
)
