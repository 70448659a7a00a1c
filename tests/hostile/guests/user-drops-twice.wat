;; user-drops-twice.wat -- the user drops what it was given twice: the maker's
;; destructor runs once (H31).
(component
  @include maker
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (local $h i32)
        (local.set $h (call $make))
        (call $drop (local.get $h))
        (call $drop (local.get $h))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
