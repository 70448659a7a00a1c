;; realloc-of-another-signature.wat -- its realloc has a parameter too few
;; (H12, H21).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "run") (param i32 i32))
    (func (export "realloc") (param i32 i32 i32) (result i32) (i32.const 0)))
  (core instance $m (instantiate $M))
  (func (export "run") (param "s" string)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
