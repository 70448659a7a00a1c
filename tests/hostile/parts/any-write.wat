;; Fills the first 2 KiB with small numbers, numbers at the memory's end, text
;; and noise; the seed is the argument.
(func $write (param $x i32) (local $at i32) (local $kind i32)
  (local.set $x (i32.or (local.get $x) (i32.const 1)))
  (loop
    (local.set $x
      (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
    (local.set $x
      (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
    (local.set $x
      (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
    (local.set $kind (i32.and (local.get $x) (i32.const 15)))
    (i32.store (local.get $at)
      (if (result i32) (i32.lt_u (local.get $kind) (i32.const 8))
        (then (i32.and (i32.shr_u (local.get $x) (i32.const 4))
          (i32.const 3)))
        (else (if (result i32) (i32.lt_u (local.get $kind) (i32.const 11))
          (then (i32.and (i32.shr_u (local.get $x) (i32.const 4))
            (i32.const 0x7fc)))
          (else (if (result i32) (i32.lt_u (local.get $kind) (i32.const 12))
            (then (i32.sub (i32.const 65544)
              (i32.and (local.get $x) (i32.const 31))))
            (else (if (result i32) (i32.lt_u (local.get $kind) (i32.const 14))
              (then (i32.const 0x61626300))
              (else (local.get $x))))))))))
    (local.set $at (i32.add (local.get $at) (i32.const 4)))
    (br_if 0 (i32.lt_u (local.get $at) (i32.const 2048)))))
