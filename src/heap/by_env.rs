//! The allocator that an environment variable chooses.
//!
//! ```text
//!  ByEnv --> IN_FORCE --> BOOTSTRAP   first request: choose, point IN_FORCE at the
//!            one word     |           backend's functions, serve the request
//!                         +--------> functions of System, Mimalloc or Jemalloc
//! ```
//!
//! No call checks whether the choice is made: the functions in force until then make it. The caller
//! of `alloc` sorts its layout, which the compiler mostly knows, so that the function that is called
//! through the table has nothing left to test.
//!
//! # Invariants
//!
//! - E1: `IN_FORCE` points to `BOOTSTRAP` until the choice is made, then to the functions of that
//!   backend, and never changes again. Both are statics.
//! - E2: every block comes from the chosen backend, and was requested with the layout `exact` gives
//!   for the layout of the caller.
//! - E3: whoever holds a block sees the choice. The maker of the block had read or written the new
//!   `IN_FORCE`, and the block reached its holder by synchronisation; a later read of the same word
//!   yields no older value, whatever the ordering.

use core::alloc::{GlobalAlloc, Layout};
use core::hint::assert_unchecked;
use core::ptr;
use core::sync::atomic::Ordering;
use std::process::abort;

use super::environment::LONGEST_NAME;
use super::selection::{choose, chosen};
use super::{Backend, System, Tuning};
use crate::sync::AtomicPtr;

/// The allocator that an environment variable names when the process starts.
///
/// One build, every backend that is compiled in: to compare them on your own work, to roll one out
/// on half of the machines, to step back without a new build. The choice is made by the first request
/// and holds for the life of the process; [`selection`](super::selection) tells what it was and why.
/// Take [`ByFeature`](super::ByFeature) where the build decides, a named type where only one will do.
///
/// The value is the name of a [`Backend`], in any case, with or without white space around it. An
/// absent, unknown or unavailable name takes the default.
///
/// All four methods of `GlobalAlloc` reach the backend's own. A pair of `malloc` and `free` costs 6
/// instructions more than the same backend fixed (`heap/select-overhead-64` on the scoreboard).
///
/// - **One choice for the process:** of several instances, the first to be asked chooses for all.
///   A `cdylib` has a choice of its own.
/// - **The environment is read once,** in the first request, which comes before `main`. To set the
///   variable from inside the program is too late. Should an instance be asked for the first time
///   while another thread changes the environment, the C library's own rule applies: most of them do
///   not allow that. Rust's `set_var` is `unsafe` for the same reason.
/// - **Secure execution:** a program with more rights than the user who starts it (`setuid`) takes
///   the default, as `secure_getenv` has it.
/// - **On Windows,** and all else that is not Unix, the default is taken: the environment cannot be
///   read there without allocating.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::{self, Backend, ByEnv};
///
/// // `EXAMPLE_ALLOC=mimalloc cargo run` takes mimalloc, if the feature is on.
/// #[global_allocator]
/// static GLOBAL: ByEnv = ByEnv::new("EXAMPLE_ALLOC").or(Backend::System);
///
/// # #[cfg(all(target_os = "linux", target_env = "gnu"))]
/// assert_eq!(heap::active(), heap::selection().map(|selection| selection.backend()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ByEnv {
    variable: &'static str,
    default: Option<Backend>,
    tuning: Option<Tuning>,
}

impl ByEnv {
    /// Returns the allocator that the environment variable `variable` chooses.
    ///
    /// Its default is [`ByFeature::BACKEND`](super::ByFeature::BACKEND).
    ///
    /// # Panics
    ///
    /// Panics, in a static at compile time, if `variable` is empty, longer than 63 bytes, or contains
    /// `=` or NUL.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new(variable: &'static str) -> Self {
        assert!(
            !variable.is_empty(),
            "ByEnv: the variable needs a name, such as \"THRIFTY_ALLOC\""
        );
        assert!(variable.len() <= LONGEST_NAME, "ByEnv: the variable's name is over 63 bytes long");
        let mut rest = variable.as_bytes();
        while let [first, after @ ..] = rest {
            assert!(*first != b'=' && *first != 0, "ByEnv: the variable's name has a `=` or NUL");
            rest = after;
        }
        Self { variable, default: None, tuning: None }
    }

    /// Takes `default` where the variable names no backend that is compiled in.
    ///
    /// If `default` is not compiled in itself, [`ByFeature::BACKEND`](super::ByFeature::BACKEND)
    /// takes its place, and [`Selection::missing_default`](super::Selection::missing_default) says so.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn or(self, default: Backend) -> Self {
        Self { default: Some(default), ..self }
    }

    /// Applies `tuning` once, ahead of the first request, at no cost for those that follow.
    ///
    /// That is before `main`, before any thread and any arena of the system's allocator. It is not
    /// before mimalloc and jemalloc wake up, if they are compiled in: for what is fixed by then take
    /// [`tune_at_start!`](super::tune_at_start). Call [`Tuning::apply`] with the same in `main` to
    /// see what became of each knob.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::heap::{ByEnv, Tuning};
    ///
    /// const TUNING: Tuning = Tuning::new().max_arenas(2).trim_threshold(64 << 20);
    ///
    /// #[global_allocator]
    /// static GLOBAL: ByEnv = ByEnv::new("EXAMPLE_ALLOC").tuned(TUNING);
    ///
    /// println!("allocator: {}", TUNING.apply());
    /// ```
    #[must_use]
    pub const fn tuned(self, tuning: Tuning) -> Self {
        Self { tuning: Some(tuning), ..self }
    }

    /// Makes the choice, or learns it, and puts the backend's functions in force.
    #[cold]
    #[inline(never)]
    fn begin(&self) -> &'static Functions {
        // Only the instance that is asked first tunes, like it alone chooses. Threads that come at the
        // same moment may do it together: it is the same each time.
        if let Some(tuning) = &self.tuning
            && chosen().is_none()
        {
            // Nobody is there to be told.
            let _ = tuning.apply();
        }
        put_in_force(choose(self.variable, self.default))
    }
}

// SAFETY: by E2 and E3 every block goes back to the backend that made it, with the layout that it
// was requested with. That layout has at least the size and alignment of the caller's; failure is
// null. Nothing unwinds: choosing reads the environment and no more.
unsafe impl GlobalAlloc for ByEnv {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if seeded!(is_plain(layout), "by-env-alignment-dropped" => layout.size() >= ALIGN) {
            // SAFETY: `is_plain` holds.
            return unsafe { (in_force().alloc)(layout.size(), self) };
        }
        let Some(exact) = exact(layout) else { return ptr::null_mut() };
        // SAFETY: the caller's promise: `layout` has a size above zero, and `exact` no less.
        unsafe { (in_force().alloc_aligned)(exact, self) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        let functions = in_force();
        if layout.align() <= ALIGN {
            // SAFETY: the caller's promise, E2 and E3: `ptr` is a live block of the backend in force,
            // requested with what `exact` makes of this size.
            unsafe { (functions.dealloc)(ptr, layout.size()) }
        } else {
            // SAFETY: the caller's promise, E2 and E3: `ptr` is a live block of the backend in force,
            // requested with `layout`, which `exact` leaves as it is.
            unsafe { (functions.dealloc_aligned)(ptr, layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(exact) = exact(layout) else { return ptr::null_mut() };
        // SAFETY: the caller's promise: `layout` has a size above zero, and `exact` no less.
        unsafe { (in_force().alloc_zeroed)(exact, self) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise: `new_size` does not overflow when rounded up to the alignment,
        // which is a power of two.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let (Some(old), Some(new)) = (exact(layout), exact(new)) else { return ptr::null_mut() };
        // SAFETY: the caller's promise, E2 and E3: `ptr` is a live block of the backend in force,
        // requested with `old`. `new` is a layout of the same alignment, and its size is no less than
        // `new_size`, which is above zero.
        unsafe { (in_force().realloc)(ptr, old, new.size()) }
    }
}

/// Up to here a block is requested with this size and alignment at least, so that where it is made
/// and freed no alignment needs to be told. No backend makes smaller blocks, so it costs nothing.
const ALIGN: usize = 8;

/// The largest size of a layout of this alignment.
const LARGEST: usize = isize::MAX.cast_unsigned() - (ALIGN - 1);

/// Whether `exact` makes a layout of this size and alignment `ALIGN` of it.
#[inline]
const fn is_plain(layout: Layout) -> bool {
    // Both ends in one comparison: below `ALIGN` the subtraction wraps.
    layout.align() <= ALIGN && layout.size().wrapping_sub(ALIGN) <= LARGEST - ALIGN
}

/// The layout that a block is requested with from the backend.
///
/// # Post-condition
///
/// The size and the alignment are no less; a layout of alignment above `ALIGN` stays as it is. `None`
/// is for half of the address space, which no backend has.
#[inline]
const fn exact(layout: Layout) -> Option<Layout> {
    if layout.align() > ALIGN {
        Some(layout)
    } else if layout.size() > LARGEST {
        None
    } else {
        // SAFETY: the size is at most `LARGEST`.
        Some(unsafe { enlarged(layout.size()) })
    }
}

/// # Safety
///
/// `size` is at most `LARGEST`.
#[inline]
const unsafe fn enlarged(size: usize) -> Layout {
    let size = if size < ALIGN { ALIGN } else { size };
    // SAFETY: the alignment is a power of two; the caller says that the size does not overflow.
    unsafe { Layout::from_size_align_unchecked(size, ALIGN) }
}

/// What serves the calls. One cache line, in memory that the linker may protect from writing.
///
/// Each function has the contract of the method of `GlobalAlloc` with its name, for layouts that are
/// [`exact`]. In place of one `alloc` takes the size of a layout for which `is_plain` holds, and
/// `dealloc` that of one with an alignment up to `ALIGN`. Those that make a block from nothing are told
/// which instance is asked: the first of them needs its variable.
#[derive(Debug)]
#[repr(align(64))]
struct Functions {
    alloc: unsafe fn(usize, &ByEnv) -> *mut u8,
    alloc_aligned: unsafe fn(Layout, &ByEnv) -> *mut u8,
    alloc_zeroed: unsafe fn(Layout, &ByEnv) -> *mut u8,
    realloc: unsafe fn(*mut u8, Layout, usize) -> *mut u8,
    dealloc: unsafe fn(*mut u8, usize),
    dealloc_aligned: unsafe fn(*mut u8, Layout),
}

static IN_FORCE: AtomicPtr<Functions> = AtomicPtr::new((&raw const BOOTSTRAP).cast_mut());

#[inline]
fn in_force() -> &'static Functions {
    // Relaxed: what it points to has been there since before the program started.
    let functions = IN_FORCE.load(Ordering::Relaxed);
    // SAFETY: by E1 it points to a static of this type, which nothing writes to.
    unsafe { &*functions }
}

/// Puts the functions of the chosen backend in force; everybody who does so means the same one.
fn put_in_force(chosen: Backend) -> &'static Functions {
    let functions = match chosen {
        #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
        Backend::Mimalloc => &MIMALLOC,
        #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
        Backend::Jemalloc => &JEMALLOC,
        _ => &SYSTEM,
    };
    IN_FORCE.store(ptr::from_ref(functions).cast_mut(), Ordering::Relaxed);
    functions
}

static SYSTEM: Functions = Functions::of::<System>();
#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
static MIMALLOC: Functions = Functions::of::<super::Mimalloc>();
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
static JEMALLOC: Functions = Functions::of::<super::Jemalloc>();

impl Functions {
    /// Those of one backend, a type without size or state.
    const fn of<A: GlobalAlloc + Default>() -> Self {
        Self {
            alloc: |size, _| {
                // SAFETY: `is_plain` says that the size is at least this.
                unsafe { assert_unchecked(size >= ALIGN) };
                // SAFETY: `is_plain` says that the size is at most `LARGEST`.
                let layout = unsafe { enlarged(size) };
                // SAFETY: the size is above zero.
                unsafe { A::default().alloc(layout) }
            },
            alloc_aligned: |layout, _| {
                // SAFETY: the caller's promise is the callee's.
                unsafe { A::default().alloc(layout) }
            },
            alloc_zeroed: |layout, _| {
                // SAFETY: the caller's promise is the callee's.
                unsafe { A::default().alloc_zeroed(layout) }
            },
            realloc: |ptr, layout, new_size| {
                // SAFETY: the caller's promise is the callee's.
                unsafe { A::default().realloc(ptr, layout, new_size) }
            },
            dealloc: |ptr, size| {
                // SAFETY: the block exists, so `exact` gave a layout for its size (E2).
                let layout = unsafe { enlarged(size) };
                // SAFETY: the caller's promise is the callee's.
                unsafe { A::default().dealloc(ptr, layout) }
            },
            dealloc_aligned: |ptr, layout| {
                // SAFETY: the caller's promise is the callee's.
                unsafe { A::default().dealloc(ptr, layout) }
            },
        }
    }
}

/// In force until the choice is made.
static BOOTSTRAP: Functions = Functions {
    alloc: |size, asked| {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (asked.begin().alloc)(size, asked) }
    },
    alloc_aligned: |layout, asked| {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (asked.begin().alloc_aligned)(layout, asked) }
    },
    alloc_zeroed: |layout, asked| {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (asked.begin().alloc_zeroed)(layout, asked) }
    },
    realloc: |ptr, layout, new_size| {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (begun().realloc)(ptr, layout, new_size) }
    },
    dealloc: |ptr, size| {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (begun().dealloc)(ptr, size) }
    },
    dealloc_aligned: |ptr, layout| {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (begun().dealloc_aligned)(ptr, layout) }
    },
};

/// For a caller who holds a block, yet was sent to [`BOOTSTRAP`]. By E3 there is none.
#[cold]
#[inline(never)]
fn begun() -> &'static Functions {
    match chosen() {
        Some(backend) => put_in_force(backend),
        // The block came from nowhere, or from another allocator: to go on would corrupt memory.
        None => abort(),
    }
}
