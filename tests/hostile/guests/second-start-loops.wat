;; second-start-loops.wat -- of two core modules the second one's start
;; function never ends: one deadline for all (H11).
(component
  (core module $A (func $s) (start $s) (func (export "run")))
  (core module $B (func $s (loop (br 0))) (start $s))
  (core instance $a (instantiate $A))
  (core instance $b (instantiate $B))
  (func (export "run") (canon lift (core func $a "run"))))
