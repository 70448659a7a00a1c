;; realloc-without-memory.wat -- a string parameter, a realloc, and no memory.
(component
  (core module $M
    (func (export "run") (param i32 i32))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 0)))
  (core instance $m (instantiate $M))
  (func (export "run") (param "s" string)
    (canon lift (core func $m "run") (realloc (core func $m "realloc")))))
