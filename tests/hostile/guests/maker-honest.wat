;; maker-honest.wat -- a user of a maker's resources, nothing wrong; allowed.
(component
  @include maker
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (local $h i32)
        (local.set $h (call $make))
        (if (i32.ne (call $look (local.get $h)) (i32.const 42))
          (then unreachable))
        (call $look-take (local.get $h) (call $make))
        (call $take (local.get $h))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
