;; user-forges.wat -- the user lends the maker a handle that is none: the maker
;; would get any number as its own (H30).
(component
  @include maker
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (drop (call $look (i32.const 42)))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
