;; handles-hoarded.wat -- makes resources of the host until its table is full:
;; all of them come back, the last one too (H34: i > MAX_LENGTH).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (loop (drop (call $make)) (br 0))))
  @include run
)
