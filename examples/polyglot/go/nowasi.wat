;; nowasi.wat -- in the place of the WASI adapter: nothing of a host is used.
;;
;; Go calls WASI for its clock, arguments, environment, random seed and panics.
;; A stage has no use for them: time only counts the questions, seeds are
;; constant, what is written is dropped; to exit or to sleep stops the stage.
;;
;; It also is the fix for Go's collector, which may run within cabi_realloc and
;; asks for the time there: no import may be called then, and none is.
(module
  (import "env" "memory" (memory 0))
  (global $now (mut i64) (i64.const 0))

  (func (export "clock_time_get") (param $id i32) (param i64) (param $to i32)
    (result i32)
    (global.set $now (i64.add (global.get $now) (i64.const 1000)))
    (i64.store (local.get $to) (global.get $now))
    (i32.const 0))

  (func (export "random_get") (param $to i32) (param $size i32) (result i32)
    (memory.fill (local.get $to) (i32.const 0x5a) (local.get $size))
    (i32.const 0))

  (func (export "fd_write") (param $fd i32) (param $pieces i32)
    (param $count i32) (param $written i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum (i32.add (local.get $sum)
          (i32.load offset=4 (local.get $pieces))))
        (local.set $pieces (i32.add (local.get $pieces) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $written) (local.get $sum))
    (i32.const 0))

  (func $none (param $count i32) (param $bytes i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $bytes) (i32.const 0))
    (i32.const 0))
  (export "args_sizes_get" (func $none))
  (export "environ_sizes_get" (func $none))
  (func $nothing (param i32 i32) (result i32) (i32.const 0))
  (export "args_get" (func $nothing))
  (export "environ_get" (func $nothing))
  (func (export "sched_yield") (result i32) (i32.const 0))
  (func (export "adapter_monotonic_clock_set_paused") (param i32))

  ;; 8: there is no such descriptor
  (func (export "fd_close") (param i32) (result i32) (i32.const 8))
  (func $no_file (param i32 i32) (result i32) (i32.const 8))
  (export "fd_fdstat_get" (func $no_file))
  (export "fd_fdstat_set_flags" (func $no_file))
  (export "fd_prestat_get" (func $no_file))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32)
    (i32.const 8))

  (func (export "proc_exit") (param i32) unreachable)
  (func (export "poll_oneoff") (param i32 i32 i32 i32) (result i32)
    unreachable))
