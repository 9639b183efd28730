//! Whose item it is, in one `u64`.

use crate::sync::CLASSES;

/// Places in the table of pools.
pub(crate) const POOLS: usize = 1 << 12;

/// A pool's generation is below this; a place that has used all of them is not used again.
pub(crate) const GENERATIONS: u64 = 1 << 24;

/// What a handle knows of its item.
///
/// ```text
///  0..6   marks of the holder, for example "wipe it"; none in a magazine
///  6..11  class
/// 12..18  log2 of the size, where the items are buffers
/// 20..32  place of the pool in the table
/// 32..56  generation of the pool; never 0, so no tag is 0
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(pub(crate) u64);

const CLASS: u32 = 6;
const LOG2: u32 = 12;
const ID: u32 = 20;
const GENERATION: u32 = 32;

impl Tag {
    /// The tag of a pool itself: of its class 0, of no size, without marks.
    pub(crate) const fn of_pool(id: usize, generation: u64) -> Self {
        Self((id as u64) << ID | generation << GENERATION)
    }

    #[inline]
    pub(crate) const fn pool(self) -> Self {
        Self(self.0 >> ID << ID)
    }

    /// An item of this pool.
    #[inline]
    pub(crate) const fn item(self, class: usize, log2: u32) -> Self {
        Self(self.0 | (class as u64) << CLASS | (log2 as u64) << LOG2)
    }

    #[inline]
    pub(crate) const fn with(self, mark: u64) -> Self {
        Self(self.0 | mark)
    }

    #[inline]
    pub(crate) const fn without(self, mark: u64) -> Self {
        Self(self.0 & !mark)
    }

    #[inline]
    pub(crate) const fn has(self, mark: u64) -> bool {
        self.0 & mark != 0
    }

    #[inline]
    pub(crate) const fn class(self) -> usize {
        (self.0 >> CLASS) as usize & (CLASSES - 1)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "masked")]
    pub(crate) const fn log2(self) -> u32 {
        (self.0 >> LOG2) as u32 & 63
    }

    #[inline]
    pub(crate) const fn id(self) -> usize {
        (self.0 >> ID) as usize & (POOLS - 1)
    }

    #[inline]
    pub(crate) const fn generation(self) -> u64 {
        self.0 >> GENERATION
    }
}
