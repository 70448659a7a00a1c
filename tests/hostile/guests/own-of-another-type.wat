;; own-of-another-type.wat -- gives a handle of `other` away as one of `res`
;; (H30: lift_own).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take (call $make-other))))
  @include run
)
