;; handle-of-another-type.wat -- a handle of `other` as one of `res` (H30: h.rt
;; is not t.rt).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $look (call $make-other)))))
  @include run
)
