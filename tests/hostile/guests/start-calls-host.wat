;; start-calls-host.wat -- its start function may call the host, and does
;; (H41).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func $s (call $tick) (call $drop (call $make)))
    (start $s)
    (func (export "run")))
  @include run
)
