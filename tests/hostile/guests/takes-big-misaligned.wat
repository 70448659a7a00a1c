;; takes-big-misaligned.wat -- realloc for more than sixteen flat values
;; returns an odd address (H24).
(component
  (type $big-is (record
      (field "f0" u32) (field "f1" u32) (field "f2" u32)
      (field "f3" u32) (field "f4" u32) (field "f5" u32)
      (field "f6" u32) (field "f7" u32) (field "f8" u32)
      (field "f9" u32) (field "f10" u32) (field "f11" u32)
      (field "f12" u32) (field "f13" u32) (field "f14" u32)
      (field "f15" u32) (field "f16" u32) (field "f17" u32)))
    (export $big "big" (type $big-is))
  (core module $M
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 513))
    (func (export "run") (param i32)
      unreachable))
  (core instance $m (instantiate $M))
  (func (export "run") (param "b" $big)
    (canon lift (core func $m "run") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc")))))
