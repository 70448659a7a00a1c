;; given-second-forged.wat -- gives a handle and one that is none: the first
;; still comes back to the host (H31).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take2 (call $make) (i32.const 99))))
  @include run
)
