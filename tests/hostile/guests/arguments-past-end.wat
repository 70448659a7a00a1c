;; arguments-past-end.wat -- more than sixteen flat values, their tuple ends
;; behind the memory.
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $take-big (i32.const 65468))))
  @include run
)
