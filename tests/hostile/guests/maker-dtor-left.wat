;; maker-dtor-left.wat -- the user keeps the maker's resource, whose destructor
;; would trap: nothing of an instance runs when it goes; allowed.
(component
  @include maker unreachable
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (drop (call $make))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
