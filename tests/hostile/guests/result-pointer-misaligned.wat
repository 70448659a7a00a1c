;; result-pointer-misaligned.wat -- the place for a result is at an odd address
;; (ptr != align_to(...)).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-string (i32.const 66))))
  @include run
)
