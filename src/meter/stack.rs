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
    match look() {
        Look::Busy(reason) => Err(reason),
        Look::Unknown | Look::Path(_) => Ok(Backtrace::force_capture()),
    }
}

/// Does once, outside of the allocator, what the first backtrace of a process sets up.
pub(super) fn warm_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(capture()));
}

/// What can be said about the stack without taking a backtrace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Taking a backtrace could wait for itself.
    Busy(Withheld),
    /// The target has no way to look.
    #[cfg_attr(
        all(unix, not(target_arch = "arm")),
        expect(dead_code, reason = "these targets can always look")
    )]
    Unknown,
    /// A hash of all return addresses: equal for calls that came the same way.
    #[cfg_attr(
        not(all(unix, not(target_arch = "arm"))),
        expect(dead_code, reason = "these targets can never look")
    )]
    Path(u64),
}

/// Looks at the stack; never allocates.
#[cfg(all(unix, not(target_arch = "arm")))]
pub(super) fn look() -> Look {
    use core::cell::Cell;

    if std::thread::panicking() {
        return Look::Busy(Withheld::Panicking);
    }
    // FNV-1a, a word at a time.
    let path = Cell::new(0xcbf2_9ce4_8422_2325_u64);
    let is_inside_backtrace = walk::any_frame(|address, function| {
        path.set((path.get() ^ address as u64).wrapping_mul(0x0100_0000_01b3).rotate_left(29));
        entry_points().contains(&function)
    });
    if is_inside_backtrace { Look::Busy(Withheld::InBacktrace) } else { Look::Path(path.get()) }
}

/// Without the unwinder's C interface the stack cannot be looked at: an allocation watch must not
/// cover code that takes a backtrace.
#[cfg(not(all(unix, not(target_arch = "arm"))))]
pub(super) fn look() -> Look {
    if std::thread::panicking() { Look::Busy } else { Look::Unknown }
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
        wanted: &'a dyn Fn(usize, usize) -> bool,
        found: bool,
    }

    /// Whether `wanted` holds for the return address and the function's start of any frame.
    pub(super) fn any_frame(wanted: impl Fn(usize, usize) -> bool) -> bool {
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
        search.found = (search.wanted)(address, function.addr());
        if search.found { STOP } else { CONTINUE }
    }
}
