;; pair-honest.wat -- the host gives a string and a resource, the guest drops
;; it: allowed.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-pair (i32.const 64))
      (call $drop (i32.load (i32.const 72)))))
  @include run
)
