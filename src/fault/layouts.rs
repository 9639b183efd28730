//! An allocator that knows every live block, and ends the process at the first that is not in order.

use core::alloc::{GlobalAlloc, Layout};
use core::fmt::{self, Write as _};
use core::hint::black_box;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::alloc::System;
use std::io::{self, Write as _};
use std::process::abort;

/// A global allocator that ends the process when a block comes back wrongly.
///
/// The allocators of a system ask for neither size nor alignment when a block comes back, so code
/// that computes a wrong [`Layout`] passes its tests and breaks with another allocator. This one
/// remembers each block of `A`, and stops at the first that
///
/// - comes back with another size or alignment than it was made with,
/// - comes back twice, or was never handed out,
/// - is misaligned, or is handed out while somebody else has it (a defect of `A`).
///
/// It says what happened on stderr, without allocating, and calls [`abort`]: an allocator must not
/// unwind. Bytes of a block that comes back are overwritten with `0xDD` (the first 4096 of a large
/// one), so that who reads on sees that they are no longer his.
///
/// ```text
///  LayoutChecked<A> --> table[hash of the address]: 16 places of (address, size, alignment)
///        |
///        +------------> the same method of A, with the same arguments
/// ```
///
/// - **It never allocates or locks,** and what `A` sees is what it would see without it. So it
///   composes: `Failing<LayoutChecked<System>>` is a good allocator for a test binary.
/// - **One in a program:** all share one table of 4 MiB, of which untouched pages cost nothing.
///   It holds up to 262,144 blocks; those that find no place are handed on unchecked, and from then
///   on a block that nobody knows proves nothing, so it is let pass.
/// - **Not seen:** writes beside a block, and what a moved block leaves behind after `realloc`: take
///   valgrind or a sanitizer.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use thrifty::fault::{LayoutChecked, live_blocks};
///
/// #[global_allocator]
/// static ALLOC: LayoutChecked<System> = LayoutChecked::new(System);
///
/// let list = vec![1, 2, 3];
/// assert!(live_blocks() > 0, "the vector's block is known");
/// drop(list); // had it another capacity than its block has bytes, the process would end here
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct LayoutChecked<A = System> {
    inner: A,
}

impl<A> LayoutChecked<A> {
    /// Wraps the allocator `inner`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::alloc::System;
    /// use thrifty::fault::{Failing, LayoutChecked};
    ///
    /// #[global_allocator]
    /// static ALLOC: Failing<LayoutChecked<System>> = Failing::new(LayoutChecked::new(System));
    ///
    /// assert_eq!(size_of_val(&ALLOC), 0);
    /// ```
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

/// Blocks of [`LayoutChecked`] that live now; exact while no other thread allocates.
///
/// Looks at the whole table: for the end of a test, not for a loop.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use thrifty::fault::{LayoutChecked, live_blocks};
///
/// #[global_allocator]
/// static ALLOC: LayoutChecked<System> = LayoutChecked::new(System);
///
/// let before = live_blocks();
/// let block = Box::new([0_u8; 1000]);
/// assert_eq!(live_blocks(), before + 1);
/// drop(block);
/// ```
#[must_use]
pub fn live_blocks() -> usize {
    let lives = |place: &&Place| place.address.load(Relaxed) > TAKEN;
    TABLE.iter().flatten().filter(lives).count()
}

// INVARIANTS
// L1: each method calls the same method of `inner` once, with its own arguments, and returns that
//     answer; or it ends the process.
// L2: so every block in the hands of a caller came from `inner`, with the layout the caller holds.
// L3: the code around the call touches atomics, and on the way to `abort` stderr: it does not
//     allocate or unwind.

// SAFETY: by L1 and L2 a block is what `inner`, itself a `GlobalAlloc`, makes of it. A block that is
// given up is written to before `inner` has it back. By L3 no method unwinds unless `inner` does,
// which its own contract forbids.
unsafe impl<A: GlobalAlloc> GlobalAlloc for LayoutChecked<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises what `alloc` asks for, a layout of non-zero size (L1).
        made(unsafe { self.inner.alloc(layout) }, layout)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises what `alloc_zeroed` asks for, a size that is not zero (L1).
        made(unsafe { self.inner.alloc_zeroed(layout) }, layout)
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // Forgotten first: once it is freed another thread may get the same address.
        comes_back(block, layout);
        // SAFETY: the caller promises a live block of this allocator with this layout, by L2 one of
        // `inner`'s, and a `new_size` that `realloc` may be given (L1).
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        if moved.is_null() {
            made(block, layout);
            return moved;
        }
        match Layout::from_size_align(new_size, layout.align()) {
            Ok(new) => made(moved, new),
            Err(_) => complain("was resized to what no layout allows", moved, layout, None),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        comes_back(block, layout);
        // SAFETY: the caller gives up a live block of this layout, which nobody else uses.
        unsafe { block.write_bytes(FILL, layout.size().min(FILLED)) };
        // Looked at: optimisation leaves out what is written to a block right before it is freed.
        let block = black_box(block);
        // SAFETY: the caller promises a live block of this allocator with this layout, by L2 one of
        // `inner`'s (L1).
        unsafe { self.inner.dealloc(block, layout) }
    }
}

/// What is written over a block that comes back, and over how much of it at most.
const FILL: u8 = 0xDD;
const FILLED: usize = 4096;

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

/// Blocks that found no place.
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
        complain("is misaligned", block, layout, None);
    }
    let bucket = bucket(block.addr());
    if bucket.iter().any(|place| place.address.load(Relaxed) == block.addr()) {
        complain("is handed out while somebody has it", block, layout, None);
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
            complain("came back twice, or was never handed out", block, layout, None);
        }
        return;
    };
    let made = place.layout.load(Relaxed);
    let other =
        seeded!(made ^ as_number(layout), "layouts-size-only" => (made ^ as_number(layout)) >> 8);
    if other != 0 {
        complain("came back with another layout", block, layout, Some(made));
    }
    seeded!(place.address.store(0, Relaxed), "layouts-second-free-unseen" => ());
}

/// Says what is wrong and ends the process.
#[cold]
fn complain(what: &str, block: *mut u8, layout: Layout, made: Option<u64>) -> ! {
    let mut line = Line { text: [b' '; 240], len: 0 };
    let (size, align) = (layout.size(), layout.align());
    let _ = write!(
        line,
        "thrifty::fault: the block at {block:?} {what}: {size} bytes, alignment {align}"
    );
    if let Some(made) = made {
        let _ = write!(
            line,
            "; it was made with {} bytes, alignment {}",
            made >> 8,
            1_u64 << (made & 63)
        );
    }
    let _ = line.write_str("\n");
    // Nothing better can be done where stderr is gone.
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
