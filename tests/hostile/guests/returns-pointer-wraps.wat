;; returns-pointer-wraps.wat -- an export returns its result at 2^32 - 4 (H24).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 512))
    (func (export "run") (result i32)
      (i32.const -4)))
  (core instance $m (instantiate $M))
  (func (export "run") (result string)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
