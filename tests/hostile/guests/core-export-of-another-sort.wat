;; core-export-of-another-sort.wat -- the memory option is a core function.
(component
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 0))
    (global (export "run") i32 (i32.const 0)))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
