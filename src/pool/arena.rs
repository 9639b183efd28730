//! Arenas that are used again: the whole memory of a request, taken back at once.
//!
//! bumpalo's own `reset` keeps the newest chunk and frees the others, so an arena whose requests need
//! three chunks would ask for one again every time. Here a reset that finds more than one chunk makes
//! a single one of their size: from then on the same work asks for nothing.

use bumpalo::Bump;

use super::scratch::{self, Slots};
use super::{Pool, Pooled, Reset};

/// What [`with_arena`] keeps at most, in bytes.
const RETAIN: usize = 256 * 1024;

/// Arenas that go from request to request: [`get`](Pool::get) one, allocate, drop it.
///
/// For a task whose values all go at the same time: the arena is `Send`, so it may live across an
/// `.await` (its references may not, for an arena is not `Sync`: end them before, or keep positions).
/// On drop everything in it is taken back in one step and the memory stays, in a single chunk of the
/// size that was needed; above [`retain`](Pool::retain) (256 KiB unless changed) it is freed. Take
/// [`with_arena`] for code without `.await`.
///
/// Everything else is as the [`Pool`] of any other object: bounds, `try_get`, `trim`, `stats`.
///
/// # Examples
///
/// ```
/// use thrifty::pool::{ArenaPool, PooledArena};
///
/// static ARENAS: ArenaPool = ArenaPool::new().retain(1 << 20);
///
/// fn handle(arena: PooledArena, path: &str) -> usize {
///     let parts = arena.alloc_slice_fill_iter(["api", "v1"].map(|part| &*arena.alloc_str(part)));
///     parts.iter().filter(|part| path.contains(**part)).count()
/// }
///
/// assert_eq!(handle(ARENAS.get(), "/api/v2"), 1);
/// let task = std::thread::spawn(|| handle(ARENAS.get(), "/api/v1"));
/// assert_eq!(task.join().unwrap(), 2);
/// ```
pub type ArenaPool = Pool<Bump>;

/// An arena of an [`ArenaPool`]; all that is in it is taken back on drop.
///
/// Nothing may borrow it any more by then:
///
/// ```compile_fail
/// let arenas = thrifty::pool::ArenaPool::new();
/// let arena = arenas.get();
/// let number = arena.alloc(1);
/// drop(arena);
/// *number += 1;
/// ```
pub type PooledArena = Pooled<Bump>;

/// Runs `f` with an empty arena of this thread's, which keeps its memory.
///
/// For code without `.await` whose values all go at the same time: they are placed one behind the
/// other and freed in one step. The memory is still there the next time, in one chunk; above 256 KiB
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
        seeded!(self.set_allocation_limit(None), "arena-limit-inherited" => ());
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
