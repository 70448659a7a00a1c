;; export-is-the-host.wat -- an export is a host function, lowered and lifted
;; again: allowed.
(component
  @include libc
  @include host
  (core module $M (func (export "f")))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $tick))))
