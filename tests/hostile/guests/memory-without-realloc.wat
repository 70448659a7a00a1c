;; memory-without-realloc.wat -- a string parameter, a memory, and no realloc.
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "run") (param i32 i32)))
  (core instance $m (instantiate $M))
  (func (export "run") (param "s" string)
    (canon lift (core func $m "run") (memory (core memory $m "memory")))))
