;; takes-string-outside.wat -- realloc for an export's argument returns a block
;; outside (H21).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 65534))
    (func (export "run") (param i32 i32)
      unreachable))
  (core instance $m (instantiate $M))
  (func (export "run") (param "s" string)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
