//! Takes a backtrace from inside the allocator, where that cannot hang.

use std::backtrace::Backtrace;
use std::sync::Once;

/// Why there is no backtrace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Withheld {
    /// The thread panics, and may be printing a backtrace of its own.
    Panicking,
    /// The request came from code that takes or prints a backtrace.
    InBacktrace,
}

/// Takes a backtrace, unless the attempt could wait for itself.
///
/// `std` holds one lock while it takes or prints a backtrace, and allocates under it. An allocation
/// made by that code would ask for the same lock on the same thread and never get it. While a thread
/// panics it prints a backtrace; otherwise the stack tells.
pub(super) fn capture() -> Result<Backtrace, Withheld> {
    if std::thread::panicking() {
        Err(Withheld::Panicking)
    } else if is_inside_backtrace() {
        Err(Withheld::InBacktrace)
    } else {
        Ok(Backtrace::force_capture())
    }
}

/// Does once, outside of the allocator, what the first backtrace of a process sets up.
pub(super) fn warm_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(capture()));
}

#[cfg(all(unix, not(target_arch = "arm")))]
fn is_inside_backtrace() -> bool {
    walk::any_frame(|function| entry_points().contains(&function))
}

/// Without the unwinder's C interface the stack cannot be looked at: an allocation watch must not
/// cover code that takes a backtrace.
#[cfg(not(all(unix, not(target_arch = "arm"))))]
fn is_inside_backtrace() -> bool {
    false
}

/// The functions of `std` below which its lock may be held.
#[cfg(all(unix, not(target_arch = "arm")))]
fn entry_points() -> [usize; 4] {
    use core::fmt::{Debug, Display, Formatter, Result};

    let take: [fn() -> Backtrace; 2] = [Backtrace::capture, Backtrace::force_capture];
    let print: [fn(&Backtrace, &mut Formatter<'_>) -> Result; 2] =
        [<Backtrace as Display>::fmt, <Backtrace as Debug>::fmt];
    [take[0] as usize, take[1] as usize, print[0] as usize, print[1] as usize]
}

#[cfg(all(unix, not(target_arch = "arm")))]
mod walk {
    use core::ffi::{c_int, c_void};
    use core::ptr;

    const CONTINUE: c_int = 0;
    const STOP: c_int = 5;

    #[repr(C)]
    struct Context {
        _opaque: [u8; 0],
    }

    // The Itanium C++ ABI's unwinder, which std itself is linked with on these targets.
    unsafe extern "C" {
        fn _Unwind_Backtrace(
            visit: extern "C" fn(*mut Context, *mut c_void) -> c_int,
            argument: *mut c_void,
        ) -> c_int;
        fn _Unwind_GetIP(context: *mut Context) -> usize;
        fn _Unwind_FindEnclosingFunction(address: *mut c_void) -> *mut c_void;
    }

    struct Search<'a> {
        wanted: &'a dyn Fn(usize) -> bool,
        found: bool,
    }

    /// Whether `wanted` holds for the start of any function on the stack.
    pub(super) fn any_frame(wanted: impl Fn(usize) -> bool) -> bool {
        let mut search = Search { wanted: &wanted, found: false };
        // SAFETY: `visit` has the type that the ABI asks for and does not unwind; `argument` points
        // to `search`, which outlives the call and is used by nothing else meanwhile.
        unsafe { _Unwind_Backtrace(visit, ptr::from_mut(&mut search).cast()) };
        search.found
    }

    extern "C" fn visit(context: *mut Context, argument: *mut c_void) -> c_int {
        // SAFETY: `context` is the unwinder's own and valid during this call.
        let address = unsafe { _Unwind_GetIP(context) };
        // A return address may be the first byte behind its function.
        let call = ptr::without_provenance_mut(address.saturating_sub(1));
        // SAFETY: looks the address up in the unwind tables and reads nothing behind it.
        let function = unsafe { _Unwind_FindEnclosingFunction(call) };
        // SAFETY: `any_frame` passes a pointer to its `Search`, alive and not otherwise in use
        // until `_Unwind_Backtrace` returns (validity and aliasing).
        let search = unsafe { &mut *argument.cast::<Search<'_>>() };
        search.found = (search.wanted)(function.addr());
        if search.found { STOP } else { CONTINUE }
    }
}
