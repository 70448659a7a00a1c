;; user-hoards.wat -- the user has the maker make resources until its own table
;; is full (H34).
(component
  @include maker
  (component $User
    @include user
    (core module $M
      @include user-core
      (func (export "run")
        (loop (drop (call $make)) (br 0))))
    (core instance $m (instantiate $M (with "maker" (instance $maker))))
    (func (export "run") (canon lift (core func $m "run"))))
  @include user-run
)
