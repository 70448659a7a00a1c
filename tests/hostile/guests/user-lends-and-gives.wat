;; user-lends-and-gives.wat -- the user lends and gives one resource in one
;; call (H31).
(component
  @include maker
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (local $h i32)
        (local.set $h (call $make))
        (call $look-take (local.get $h) (local.get $h))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
