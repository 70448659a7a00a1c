;; list-length-wraps.wat -- 2^30 + 1 elements of four bytes: four bytes in 32
;; bits (H19: length * elem_size).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const 256) (i32.const 1073741825)))))
  @include run
)
