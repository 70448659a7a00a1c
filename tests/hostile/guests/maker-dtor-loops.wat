;; maker-dtor-loops.wat -- the user drops the maker's resource, whose
;; destructor never ends (H37).
(component
  @include maker (loop (br 0))
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (call $drop (call $make))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
