;; The instances of $Maker and $User; the latter's "run" is exported.
(instance $maker (instantiate $Maker))
(instance $user (instantiate $User
  (with "r" (type $maker "r")) (with "make" (func $maker "make"))
  (with "look" (func $maker "look")) (with "take" (func $maker "take"))
  (with "look-take" (func $maker "look-take"))))
(export "run" (func $user "run"))
