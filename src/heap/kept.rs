//! `/proc/self/statm`, kept open between calls.
//!
//! ```text
//! PAGE ──> one page of its own, which the kernel fills with zeroes in a child of `fork`
//!          ┌────────────────┬─────────────────────────┬────────────────┐
//!          │ round, 12 bits │ descriptor + 1, 20 bits │ inode, 32 bits │   no descriptor: none is kept
//!          └────────────────┴─────────────────────────┴────────────────┘
//! ```
//!
//! The file tells of the process that opened it, so a forked child must not use its parent's. The
//! page is how it knows: no call per read, as `getpid` would be, no handler to register, and right
//! also in children of a bare `clone` and in a new namespace of process ids, where a kept process id
//! may come again. Where the kernel cannot do it (before Linux 4.14) nothing is kept.
//!
//! A file that is opened again often has the number and the inode of the one before. The round tells
//! them apart: who gives up a word that was closed behind our back cannot give up its successor.
//!
//! INVARIANTS
//!
//! 1. `PAGE` is null, `NONE`, or points to a page that is mapped readable and writable for as long
//!    as the process lives, is wiped on fork, and is only used as one `AtomicU64`.
//! 2. A descriptor is only ever read from. It is closed by the caller who failed to keep it, and by
//!    nobody once it is kept: its number may belong to another file by then.

use core::ffi::CStr;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::path::Path;

use super::procfs;

const STATM: &CStr = c"/proc/self/statm";
/// The longest text is seven numbers of 20 digits.
const LONGEST: usize = 160;

pub(super) fn rss() -> Option<u64> {
    let mut buffer = [0; LONGEST];
    let pages = match kept(STATM, &mut buffer).and_then(procfs::parse_statm) {
        Some(pages) => pages,
        None => procfs::parse_statm(procfs::read(Path::new("/proc/self/statm"), &mut buffer)?)?,
    };
    pages.checked_mul(page_size()?)
}

fn page_size() -> Option<u64> {
    // SAFETY: `sysconf` takes every number and has no other precondition.
    u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()
}

/// Reads the kept file, after opening it if there is none.
fn kept<'b>(path: &CStr, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let slot = slot()?;
    let mut word = slot.load(Ordering::Relaxed);
    if let Some(fd) = descriptor(word) {
        if inode(fd) == Some(word & INODE) {
            return read(fd, buffer);
        }
        // Closed behind our back, and perhaps another file by now.
        let none = word & ROUND;
        let given_up = slot.compare_exchange(word, none, Ordering::Relaxed, Ordering::Relaxed);
        word = given_up.map_or_else(|newer| newer, |_| none);
    }
    // SAFETY: the path ends with NUL; the flags need no third argument.
    let fd = unsafe { libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    if fd < 0 {
        return None;
    }
    let text = read(fd, buffer);
    let keep = text.is_some()
        && descriptor(word).is_none()
        && next_word(word, fd).is_some_and(|next| {
            slot.compare_exchange(word, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        });
    if !keep {
        // SAFETY: `fd` was opened above and is known to nobody else (invariant 2).
        unsafe { libc::close(fd) };
    }
    text
}

const INODE: u64 = (1 << 32) - 1;
const ROUND: u64 = !((1 << 52) - 1);
/// What is added for the next round; the last one goes over into the first.
const ONE_ROUND: u64 = 1 << 52;
const DESCRIPTORS: i32 = (1 << 20) - 1;

/// The descriptor in a word, if it has one.
fn descriptor(word: u64) -> Option<i32> {
    let number = i32::try_from((word & !ROUND) >> 32).ok()?;
    (number != 0).then(|| number - 1)
}

/// The word that keeps `fd` after `none`, unless one of the numbers is too large for it.
fn next_word(none: u64, fd: i32) -> Option<u64> {
    let number = u64::try_from(fd).ok().filter(|_| fd < DESCRIPTORS)? + 1;
    Some((none & ROUND).wrapping_add(ONE_ROUND) | number << 32 | inode(fd)?)
}

fn read(fd: i32, buffer: &mut [u8]) -> Option<&[u8]> {
    // SAFETY: the pointer and the length are those of a slice that is borrowed for writing; a
    // descriptor that is not open, or not one of a file, is an error.
    let filled = unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    buffer.get(..usize::try_from(filled).ok()?)
}

/// The inode of an open file, if it has 32 bits as all in `/proc` have.
fn inode(fd: i32) -> Option<u64> {
    let mut about = core::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `fstat` writes one `stat` to the pointer, which has room for it; a descriptor that is
    // not open is an error.
    if unsafe { libc::fstat(fd, about.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: `fstat` succeeded, so it has written all of it.
    let about = unsafe { about.assume_init() };
    u32::try_from(about.st_ino).ok().map(u64::from)
}

/// The word in the page; `None` where the kernel has no page that it would wipe.
fn slot() -> Option<&'static AtomicU64> {
    static PAGE: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());
    const NONE: *mut AtomicU64 = ptr::without_provenance_mut(align_of::<AtomicU64>());

    let mut page = PAGE.load(Ordering::Acquire);
    if page.is_null() {
        let fresh = wiped_on_fork().unwrap_or(NONE);
        page = match PAGE.compare_exchange(
            ptr::null_mut(),
            fresh,
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            Ok(_) => fresh,
            Err(first) => {
                if fresh != NONE {
                    unmap(fresh);
                }
                first
            }
        };
    }
    // SAFETY: not null, and not `NONE`: by invariant 1 a page that stays mapped, begins zeroed
    // (a valid `AtomicU64`), is aligned to far more than 8 bytes, and is only used as an atomic.
    (page != NONE).then(|| unsafe { &*page })
}

/// The kernel rounds it up to whole pages.
const LENGTH: usize = size_of::<AtomicU64>();

fn wiped_on_fork() -> Option<*mut AtomicU64> {
    // SAFETY: a new mapping at an address of the kernel's choice touches nothing that exists.
    let page = unsafe {
        libc::mmap(
            ptr::null_mut(),
            LENGTH,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the range is the mapping made above, private and anonymous as this advice asks.
    let code = unsafe { libc::madvise(page, LENGTH, libc::MADV_WIPEONFORK) };
    if code != 0 {
        unmap(page.cast());
        return None;
    }
    Some(page.cast())
}

fn unmap(page: *mut AtomicU64) {
    // SAFETY: both callers made this mapping with this length and have shown it to nobody.
    unsafe { libc::munmap(page.cast(), LENGTH) };
}
