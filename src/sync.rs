//! What threads meet at. `tests/loom` compiles the files that use it against loom's own.

pub(crate) use core::hint::spin_loop;
pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64};
pub(crate) use std::thread::yield_now;
