;; The instances of $Callee and $Caller; the latter's "run" is exported.
(instance $callee (instantiate $Callee))
(instance $caller (instantiate $Caller (with "f" (func $callee "f"))))
(export "run" (func $caller "run"))
