//! An allocator that knows every live block, and ends the process at the first that is not in order.
//!
//! ```text
//!  Checked --> TABLE[hash of the address]: 16 places of (address, layout, maker)
//!     |
//!     +------> the same method of the inner allocator
//! ```
//!
//! No lock, so that a `fork` at any moment leaves nothing locked behind; no allocation.

use std::alloc::{GlobalAlloc, Layout};
use std::array;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::process::abort;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use thrifty::heap::{self, Backend};

/// Notes each block of `A`, and looks it up when it comes back.
///
/// It ends the process if a block is misaligned, is handed out twice, comes back with another layout
/// or without having been handed out, or is not of the backend that was chosen.
#[derive(Debug)]
pub(crate) struct Checked<A>(pub(crate) A);

// SAFETY: every call goes to the method of the same name of `A` unchanged, which upholds the
// contract. A freed block is written to before `A` has it back. Nothing here unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Checked<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        made(unsafe { self.0.alloc(layout) }, layout)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        made(unsafe { self.0.alloc_zeroed(layout) }, layout)
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // Forgotten first: once it is freed another thread may get the same address.
        comes_back(ptr, layout);
        // SAFETY: the caller's promise is the callee's.
        let block = unsafe { self.0.realloc(ptr, layout, new_size) };
        if block.is_null() {
            made(ptr, layout);
            return block;
        }
        match Layout::from_size_align(new_size, layout.align()) {
            Ok(new) => made(block, new),
            Err(_) => complain("has no valid layout", block, layout),
        }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        comes_back(ptr, layout);
        // What is freed is dirty: who hands it out again as zeroed memory has to clear it.
        // SAFETY: the caller gives the block up; it is at least this long.
        unsafe { ptr.write_bytes(0xDD, layout.size().min(4096)) };
        // SAFETY: the caller's promise is the callee's.
        unsafe { self.0.dealloc(ptr, layout) }
    }
}

/// Blocks that live now. Exact while no other thread allocates.
pub(crate) fn live() -> usize {
    let lives = |place: &&Place| place.address.load(Relaxed) > TAKEN;
    TABLE.iter().flatten().filter(lives).count()
}

/// One block.
struct Place {
    /// 0: free; `TAKEN`: about to be filled.
    address: AtomicUsize,
    /// `size << 8 | log2(align)`
    layout: AtomicU64,
}

const TAKEN: usize = 1;
const PLACES: usize = 16;
const BUCKET_BITS: u32 = 14;

static TABLE: [[Place; PLACES]; 1 << BUCKET_BITS] = [const {
    [const { Place { address: AtomicUsize::new(0), layout: AtomicU64::new(0) } }; PLACES]
}; 1 << BUCKET_BITS];

/// Blocks that found no place. Then a block that nobody knows proves nothing.
static UNKNOWN: AtomicUsize = AtomicUsize::new(0);

fn bucket(address: usize) -> &'static [Place; PLACES] {
    let hash = (address as u64 >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let index = usize::try_from(hash >> (u64::BITS - BUCKET_BITS)).unwrap_or(0);
    &TABLE[index]
}

fn as_number(layout: Layout) -> u64 {
    (layout.size() as u64) << 8 | u64::from(layout.align().trailing_zeros())
}

/// Notes a block that was handed out.
fn made(block: *mut u8, layout: Layout) -> *mut u8 {
    if block.is_null() {
        return block;
    }
    if !block.addr().is_multiple_of(layout.align()) {
        complain("is misaligned", block, layout);
    }
    ask_for_the_maker(block, layout);
    let bucket = bucket(block.addr());
    if bucket.iter().any(|place| place.address.load(Relaxed) == block.addr()) {
        complain("is handed out while it is somebody's", block, layout);
    }
    let take = |place: &&Place| place.address.compare_exchange(0, TAKEN, Relaxed, Relaxed).is_ok();
    match bucket.iter().find(take) {
        Some(place) => {
            place.layout.store(as_number(layout), Relaxed);
            place.address.store(block.addr(), Relaxed);
        }
        None => _ = UNKNOWN.fetch_add(1, Relaxed),
    }
    block
}

/// Looks up a block that comes back, and forgets it.
///
/// Relaxed will do: whoever has the block has it by synchronisation from whoever noted it.
fn comes_back(block: *mut u8, layout: Layout) {
    let known =
        bucket(block.addr()).iter().find(|place| place.address.load(Relaxed) == block.addr());
    let Some(place) = known else {
        if UNKNOWN.load(Relaxed) == 0 {
            complain("comes back without having been handed out", block, layout);
        }
        return;
    };
    if place.layout.load(Relaxed) != as_number(layout) {
        complain("comes back with another layout", block, layout);
    }
    ask_for_the_maker(block, layout);
    place.address.store(0, Relaxed);
}

/// One block in eight, by its address, so that the same ones are asked about at both ends.
fn ask_for_the_maker(block: *mut u8, layout: Layout) {
    if !(block.addr() >> 4).wrapping_mul(0x9E37_79B9).is_multiple_of(8) {
        return;
    }
    let chosen = heap::selection().map(|selection| selection.backend());
    if chosen != Some(maker(block)) {
        complain("is not of the backend that was chosen", block, layout);
    }
}

/// The backend that made the block, by its own word; the system's cannot be asked.
pub(crate) fn maker(block: *const u8) -> Backend {
    let [mimalloc, jemalloc] = [is_of_mimalloc(block), is_of_jemalloc(block)];
    match (mimalloc, jemalloc) {
        (true, false) => Backend::Mimalloc,
        (false, true) => Backend::Jemalloc,
        (false, false) => Backend::System,
        (true, true) => complain("is claimed by two", block.cast_mut(), Layout::new::<u8>()),
    }
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
fn is_of_mimalloc(block: *const u8) -> bool {
    // SAFETY: takes every address, and reads nothing behind it.
    unsafe { libmimalloc_sys::mi_is_in_heap_region(block.cast()) }
}

#[cfg(not(any(feature = "mimalloc", feature = "mimalloc-v3")))]
fn is_of_mimalloc(_: *const u8) -> bool {
    false
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
fn is_of_jemalloc(block: *const u8) -> bool {
    let (mut arena, mut size, mut address) = (0_u32, size_of::<u32>(), block);
    // SAFETY: the name ends with NUL; `arenas.lookup` takes an address by value and answers with an
    // `unsigned`. All pointers are to locals of those types.
    let code = unsafe {
        tikv_jemalloc_sys::mallctl(
            c"arenas.lookup".as_ptr(),
            (&raw mut arena).cast(),
            &raw mut size,
            (&raw mut address).cast(),
            size_of::<*const u8>(),
        )
    };
    code == 0
}

#[cfg(not(all(feature = "jemalloc", not(target_env = "msvc"))))]
fn is_of_jemalloc(_: *const u8) -> bool {
    false
}

/// Says what is wrong and ends the process: an allocator must not unwind.
#[cold]
fn complain(what: &str, block: *mut u8, layout: Layout) -> ! {
    let mut line = Line { text: array::from_fn(|_| b' '), len: 0 };
    let chosen = heap::selection().map(|selection| selection.backend());
    let _ = writeln!(
        line,
        "the block at {block:?} {what}: {} bytes, alignment {}, the backend is {chosen:?}",
        layout.size(),
        layout.align()
    );
    let _ = io::stderr().write_all(&line.text[..line.len]);
    abort();
}

/// A text that needs no allocation.
struct Line {
    text: [u8; 240],
    len: usize,
}

impl fmt::Write for Line {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = self.text.get_mut(self.len..self.len + piece.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(piece.as_bytes());
        self.len += piece.len();
        Ok(())
    }
}
