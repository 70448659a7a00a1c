;; handle-in-an-empty-table.wat -- an index of a table that never had a handle
;; (H30).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (func (export "run")
      (drop (call $look (i32.const 1)))))
  @include run
)
