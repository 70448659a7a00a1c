;; nan-payload.wat -- a NaN with a payload: it arrives, and comes back.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (if (i64.ne
            (call $take-float
              (f64.reinterpret_i64 (i64.const 0x7ff4dead0000beef)))
            (i64.const 0x7ff4dead0000beef))
        (then unreachable))))
  @include run
)
