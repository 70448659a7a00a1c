;; The head of a component that uses $Maker's: core instance $maker.
(import "r" (type $r (sub resource)))
(import "make" (func $make (result (own $r))))
(import "look" (func $look (param "r" (borrow $r)) (result u32)))
(import "take" (func $take (param "r" (own $r))))
(import "look-take"
  (func $look-take (param "a" (borrow $r)) (param "b" (own $r))))
(core func $drop (canon resource.drop $r))
(core func $make (canon lower (func $make)))
(core func $look (canon lower (func $look)))
(core func $take (canon lower (func $take)))
(core func $look-take (canon lower (func $look-take)))
(core instance $maker
  (export "drop" (func $drop)) (export "make" (func $make))
  (export "look" (func $look)) (export "take" (func $take))
  (export "look-take" (func $look-take)))
