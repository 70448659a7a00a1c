;; All functions of $maker: the head of a core module.
(import "maker" "drop" (func $drop (param i32)))
(import "maker" "make" (func $make (result i32)))
(import "maker" "look" (func $look (param i32) (result i32)))
(import "maker" "take" (func $take (param i32)))
(import "maker" "look-take" (func $look-take (param i32 i32)))
