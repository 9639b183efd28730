//! What threads meet at. `tests/loom` compiles the files that use it against loom's own.

#[cfg(feature = "meter")]
pub(crate) use core::hint::spin_loop;
#[cfg(any(feature = "heap", feature = "meter", feature = "share"))]
pub(crate) use core::sync::atomic::AtomicPtr;
#[cfg(feature = "heap")]
pub(crate) use core::sync::atomic::AtomicU32;
#[cfg(feature = "share")]
pub(crate) use core::sync::atomic::AtomicUsize;
#[cfg(feature = "meter")]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicU64};
#[cfg(feature = "meter")]
pub(crate) use std::thread::yield_now;
