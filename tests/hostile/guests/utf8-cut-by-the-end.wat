;; utf8-cut-by-the-end.wat -- a character's first byte is the memory's last
;; (H17).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (i32.store8 (i32.const 65535) (i32.const 0xe2))
      (call $take-string (i32.const 65535) (i32.const 1))))
  @include run
)
