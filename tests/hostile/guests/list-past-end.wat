;; list-past-end.wat -- ends four bytes behind the memory (H19).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const 65532) (i32.const 2)))))
  @include run
)
