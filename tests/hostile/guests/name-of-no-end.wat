;; name-of-no-end.wat -- a function with a name of 60,000 bytes that calls
;; itself: the trap's frames do not print two megabytes (H08, H43).
(component
  (core module $M
    (func $f (@name "@long") (call $f))
    (func (export "run") (call $f)))
  (core instance $m (instantiate $M))
  (func (export "run") (canon lift (core func $m "run"))))
