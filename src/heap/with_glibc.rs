//! glibc: what its `malloc` and the kernel say of the process.

use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use super::Stats;

type Mallinfo2 = unsafe extern "C" fn() -> libc::mallinfo2;

/// Fills in what glibc's `malloc` says of itself.
pub(super) fn fill(stats: &mut Stats) {
    let Some(info) = mallinfo2() else { return };
    stats.allocated = Some(bytes_in_use_of(&info));
    stats.committed = Some(u64(info.arena) + u64(info.hblkhd));
}

/// Bytes in use in all arenas and in blocks of their own, as glibc counts them.
pub(super) fn bytes_in_use() -> Option<u64> {
    mallinfo2().map(|info| bytes_in_use_of(&info))
}

fn bytes_in_use_of(info: &libc::mallinfo2) -> u64 {
    u64(info.uordblks) + u64(info.hblkhd)
}

/// Gives free pages back, of every arena.
pub(super) fn trim() {
    // SAFETY: `malloc_trim` has no precondition; it takes glibc's own locks. 0: keep nothing more
    // than it must at the top of the heap.
    unsafe { libc::malloc_trim(0) };
}

/// Minor and major page faults of the process since it began.
pub(super) fn page_faults() -> Option<(u64, u64)> {
    let mut usage = mem::MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: `getrusage` writes one `rusage` to the pointer, which has room for it.
    let code = unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
    if code != 0 {
        return None;
    }
    // SAFETY: `getrusage` succeeded, so it has written all of it.
    let usage = unsafe { usage.assume_init() };
    Some((u64::try_from(usage.ru_minflt).ok()?, u64::try_from(usage.ru_majflt).ok()?))
}

/// Calls `mallinfo2`, which glibc has from 2.33 on; `None` where it is missing.
///
/// It is looked up at run time: a binary that names it would not even start on an older glibc.
fn mallinfo2() -> Option<libc::mallinfo2> {
    /// Null: not looked up yet. `MISSING`: not there. Else the function.
    static FOUND: AtomicPtr<libc::c_void> = AtomicPtr::new(ptr::null_mut());
    const MISSING: *mut libc::c_void = ptr::without_provenance_mut(1);

    let mut found = FOUND.load(Relaxed);
    if found.is_null() {
        // SAFETY: `dlsym` takes the pseudo-handle and a name that ends with NUL.
        found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr()) };
        if found.is_null() {
            found = MISSING;
        }
        FOUND.store(found, Relaxed);
    }
    if found == MISSING {
        return None;
    }
    // SAFETY: `found` is neither null nor `MISSING`, so it is what `dlsym` found: glibc exports the
    // symbol `mallinfo2` as a function of exactly this type (malloc.h).
    let function = unsafe { mem::transmute::<*mut libc::c_void, Mallinfo2>(found) };
    // SAFETY: `mallinfo2` has no precondition; it takes glibc's own locks.
    Some(unsafe { function() })
}

/// glibc counts in `size_t`, which is never wider than 64 bits.
fn u64(bytes: usize) -> u64 {
    bytes as u64
}
