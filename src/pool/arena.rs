//! Arenas that are used again: the whole memory of a request, taken back at once.
//!
//! bumpalo's own `reset` keeps the newest chunk and frees the others, so an arena whose requests need
//! three chunks would ask for one again every time. Here a reset that finds more than one chunk makes
//! a single one of their size: from then on the same work asks for nothing.

use bumpalo::Bump;

use super::Reset;
use super::scratch::{self, Slots};

/// What [`with_arena`] keeps at most, in bytes.
const RETAIN: usize = 1024 * 1024;

/// Runs `f` with an empty arena of this thread's, which keeps its memory.
///
/// For code without `.await` whose values all go at the same time: they are placed one behind the
/// other and freed in one step. The memory is still there the next time, in one chunk; above 1 MiB
/// it is freed. A use inside of `f` gets another arena. Take
/// [`ArenaPool`](super::ArenaPool) for a task, or to bound all threads together, and
/// [`with_scratch`](super::with_scratch) if it is one vector.
///
/// An arena does not drop what it holds: a `String` or `Arc` in it leaks what it owns. Put `&str`
/// and `bumpalo::collections` into it.
///
/// # Allocation
///
/// Allocates whatever `f` allocates, and nothing else. What fits into the memory of a former use
/// takes nothing; a use that needed several chunks costs one allocation of their size at its end.
///
/// # Examples
///
/// ```
/// use thrifty::pool::with_arena;
///
/// fn longest(line: &str) -> usize {
///     with_arena(|arena| {
///         let upper = arena.alloc_slice_fill_iter(
///             line.split(' ').map(|word| &*arena.alloc_str(&word.to_uppercase())).collect::<Vec<_>>(),
///         );
///         upper.iter().map(|word| word.len()).max().unwrap_or(0)
///     })
/// }
///
/// assert_eq!(longest("a bb ccc"), 3);
/// ```
///
/// What is returned cannot borrow the arena:
///
/// ```compile_fail
/// let kept: &mut u32 = thrifty::pool::with_arena(|arena| arena.alloc(1));
/// ```
#[inline]
pub fn with_arena<R>(f: impl FnOnce(&Bump) -> R) -> R {
    scratch::lend(&ARENA, RETAIN, |arena| f(arena))
}

thread_local! {
    static ARENA: Slots<Bump> = const { Slots::new() };
}

/// Keeps all of its memory, in one chunk.
impl<const ALIGN: usize> Reset for Bump<ALIGN> {
    /// Takes all values back, without dropping them.
    ///
    /// If there is more than one chunk, they are freed and replaced by one of their size; where there
    /// is no memory for it, the arena is left without.
    #[inline]
    fn reset(&mut self) {
        self.set_allocation_limit(None);
        if self.iter_allocated_chunks().nth(1).is_some() {
            consolidate(self);
        } else {
            Self::reset(self);
        }
    }

    #[inline]
    fn footprint(&self) -> usize {
        self.allocated_bytes()
    }
}

#[cold]
#[inline(never)]
fn consolidate<const ALIGN: usize>(arena: &mut Bump<ALIGN>) {
    let bytes = arena.allocated_bytes();
    // First the old chunks, so that the peak is not both.
    *arena = Bump::with_min_align();
    if let Ok(one) = Bump::try_with_min_align_and_capacity(bytes) {
        *arena = one;
    }
}
