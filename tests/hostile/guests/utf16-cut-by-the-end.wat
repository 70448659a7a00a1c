;; utf16-cut-by-the-end.wat -- a high surrogate is the memory's last unit
;; (H17).
(component
  @include libc
  @include host string-encoding=utf16
  (core module $M
    @include imports
    (func (export "run")
      (i32.store16 (i32.const 65534) (i32.const 0xd83d))
      (call $take-string (i32.const 65534) (i32.const 1))))
  @include run
)
