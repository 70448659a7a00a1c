;; lists-of-one.wat -- 4096 times the same 32 KiB: 128 MiB that cost the guest
;; 64 KiB (H19).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $i i32)
      (loop
        (i32.store
          (i32.add (i32.const 32772) (i32.shl (local.get $i) (i32.const 3)))
          (i32.const 32768))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 4096))))
      (drop (call $take-lists (i32.const 32768) (i32.const 4096)))))
  @include run
)
