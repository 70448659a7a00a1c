;; list-2-28.wat -- 2^26 elements of four bytes (length * elem_size >
;; MAX_LIST_BYTE_LENGTH).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const 0) (i32.const 67108864)))))
  @include run
)
