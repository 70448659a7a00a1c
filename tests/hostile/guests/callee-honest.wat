;; callee-honest.wat -- nothing is wrong with either: the pair that the others
;; are made from; allowed.
(component
  @include callee
  @include caller
  @include pair
)
