;; An instance of $M over $libc and $host; its "run" is exported.
(core instance $m (instantiate $M
  (with "libc" (instance $libc)) (with "host" (instance $host))))
(func (export "run") (canon lift (core func $m "run")))
