;; returns-no-char.wat -- an export returns a surrogate as a char (H20).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 512))
    (func (export "run") (result i32)
      (i32.const 0xd800)))
  (core instance $m (instantiate $M))
  (func (export "run") (result char)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
