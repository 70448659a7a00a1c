;; returns-string-outside.wat -- an export returns a string behind the memory
;; (H16).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 512))
    (func (export "run") (result i32)
      (i32.store (i32.const 8) (i32.const 65536))
      (i32.store (i32.const 12) (i32.const 5))
      (i32.const 8)))
  (core instance $m (instantiate $M))
  (func (export "run") (result string)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
