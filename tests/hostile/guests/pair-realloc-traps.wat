;; pair-realloc-traps.wat -- the host gives a string and a resource; the
;; string's realloc traps before the handle is made: the resource still comes
;; back (H22, H31).
(component
  (core module $Libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      unreachable))
  (core instance $libc (instantiate $Libc))
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (call $give-pair (i32.const 64))))
  @include run
)
