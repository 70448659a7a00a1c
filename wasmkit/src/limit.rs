//! The memory of a store: one limit over all its linear memories, and whether
//! it was ever hit. Wasmtime's C API has a limit for each memory alone, and no
//! way to learn that a `memory.grow` was refused.

use wasmtime_c_api::wasmtime::{Error, ResourceLimiter, Result};
use wasmtime_c_api::{wasmtime_store_t, WasmtimeStore};

/// What a 32-bit memory can have at most.
const WASM32_MAX: u64 = 1 << 32;

/// `struct wasmkit_limit` of the header.
#[repr(C)]
pub struct Limit {
    memory_max: u64,
    memory_now: u64,
    refused_max: u64,
    table_max: u64,
    memory_count_max: u32,
    table_count_max: u32,
    was_refused: bool,
}

impl Limit {
    fn refuse(&mut self, max: u64) -> Result<bool> {
        self.was_refused = true;
        self.refused_max = max;
        Ok(false)
    }
}

impl ResourceLimiter for Limit {
    /// Also called, with `now` 0, for a memory that is being made.
    fn memory_growing(&mut self, now: usize, wanted: usize, max: Option<usize>) -> Result<bool> {
        let (now, wanted) = (now as u64, wanted as u64);
        let total = (self.memory_now.saturating_sub(now)).saturating_add(wanted);

        if total > self.memory_max {
            return self.refuse(self.memory_max);
        }
        // The engine would refuse it later, and not take back what was counted.
        if let Some(max) = max.filter(|max| wanted > *max as u64) {
            return self.refuse(max as u64);
        }
        self.memory_now = total;
        Ok(true)
    }

    /// More than a memory can ever have, for which memory_growing is not asked;
    /// or the system has no memory left: then what was granted stays counted,
    /// since there is no telling the two apart for certain.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        let is_type = error.to_string().contains("type's limits");

        self.was_refused = true;
        self.refused_max = if is_type { self.memory_max.min(WASM32_MAX) } else { u64::MAX };
        Ok(())
    }

    fn table_growing(&mut self, _now: usize, wanted: usize, _max: Option<usize>) -> Result<bool> {
        Ok(wanted as u64 <= self.table_max)
    }

    fn memories(&self) -> usize {
        self.memory_count_max as usize
    }

    fn tables(&self) -> usize {
        self.table_count_max as usize
    }
}

struct Place(*mut Limit);

// SAFETY: the header asks the caller to keep limit and store on one thread at
// a time, and the limit in place until the store is deleted.
unsafe impl Send for Place {}
unsafe impl Sync for Place {}

#[no_mangle]
pub unsafe extern "C" fn wasmkit_store_limit(store: *mut wasmtime_store_t, limit: *mut Limit) {
    const {
        assert!(size_of::<wasmtime_store_t>() == size_of::<WasmtimeStore>());
        assert!(align_of::<wasmtime_store_t>() == align_of::<WasmtimeStore>());
    }
    // SAFETY: the struct is repr(C) and the store its only field.
    let store = unsafe { &mut *store.cast::<WasmtimeStore>() };
    let limit = Place(limit);

    store.limiter(move |_| {
        let limit = &limit; // the whole of it, which is Send
        // SAFETY: nobody in C touches it while the store calls this.
        unsafe { &mut *limit.0 }
    });
}
