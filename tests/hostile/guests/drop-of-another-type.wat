;; drop-of-another-type.wat -- drops a handle of `other` as one of `res`
;; (canon_resource_drop).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $drop (call $make-other))))
  @include run
)
