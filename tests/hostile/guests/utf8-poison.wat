;; utf8-poison.wat -- memory that a debug build has filled, as a text (H17).
(component
  @include libc
  @include host
  (core module $M
    @include imports
    (data (i32.const 256) "\dd\dd\dd\dd")
    (func (export "run")
      (call $take-string (i32.const 256) (i32.const 4))))
  @include run
)
