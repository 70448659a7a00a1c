;; user-gives-twice.wat -- the user gives one resource twice (H31).
(component
  @include maker
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (local $h i32)
        (local.set $h (call $make))
        (call $take (local.get $h))
        (call $take (local.get $h))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
