;; takes-string-loops.wat -- realloc for an export's argument never returns: it
;; is part of the call (H22).
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (loop (br 0)) (i32.const 0))
    (func (export "run") (param i32 i32)
      unreachable))
  (core instance $m (instantiate $M))
  (func (export "run") (param "s" string)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
