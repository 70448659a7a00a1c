;; list-empty-outside.wat -- empty, behind the memory's end (H16).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $take-list (i32.const 65540) (i32.const 0)))))
  @include run
)
