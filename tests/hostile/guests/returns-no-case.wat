;; returns-no-case.wat -- an export returns case 2 of option<u8> in memory
;; (H20).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 512))
    (func (export "run") (result i32)
      (i32.store8 (i32.const 8) (i32.const 2))
      (i32.const 8)))
  (core instance $m (instantiate $M))
  (func (export "run") (result (option u8))
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
