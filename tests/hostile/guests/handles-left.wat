;; handles-left.wat -- keeps a thousand handles and returns: they come back
;; when the instance goes (H34).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (local $i i32)
      (loop
        (drop (call $make))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))))
  @include run
)
