//! Whose item it is, in one `u64`.

/// Places in the table of pools.
pub(crate) const POOLS: usize = 1 << (2 * HALF);

/// Places whose lower halves differ.
pub(crate) const NEAR_POOLS: usize = 1 << HALF;

/// A pool's generation is below this; a place that has used all of them is not used again.
pub(crate) const GENERATIONS: u64 = 1 << 24;

/// What a handle knows of its item.
///
/// ```text
///  0..6   marks of the holder, for example "wipe it"; none in a magazine
///  6..12  class, which may be beyond those that are kept
/// 20..26  place of the pool in the table: the upper half of it
/// 32..56  generation of the pool; never 0, so no tag is 0
/// 58..64  the lower half, by which a thread finds its slot: at the end, so that it takes one shift
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(pub(crate) u64);

const CLASS: u32 = 6;
const FAR: u32 = 20;
const GENERATION: u32 = 32;
const NEAR: u32 = 58;
/// Bits in either half of a place.
const HALF: u32 = 6;

impl Tag {
    /// The tag of a pool itself: of its class 0, without marks.
    pub(crate) const fn of_pool(id: usize, generation: u64) -> Self {
        let id = id as u64;
        Self((id >> HALF) << FAR | generation << GENERATION | id << NEAR)
    }

    #[inline]
    pub(crate) const fn pool(self) -> Self {
        Self(self.0 >> FAR << FAR)
    }

    /// An item of this pool, whose own tag this is: of a class below 64.
    #[inline]
    pub(crate) const fn item(self, class: usize) -> Self {
        // The same as `|`, since the class of a pool's tag is 0, and one instruction less.
        Self(self.0 + ((class as u64) << CLASS))
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
        (self.0 >> CLASS) as usize & 63
    }

    /// The lower half of [`id`](Self::id): below [`NEAR_POOLS`].
    #[inline]
    pub(crate) const fn near(self) -> usize {
        (self.0 >> NEAR) as usize
    }

    #[expect(clippy::cast_possible_truncation, reason = "12 bits")]
    pub(crate) const fn id(self) -> usize {
        const FAR_BITS: u64 = (1 << HALF) - 1;
        ((self.0 >> FAR & FAR_BITS) << HALF) as usize | self.near()
    }

    pub(crate) const fn generation(self) -> u64 {
        self.0 >> GENERATION & (GENERATIONS - 1)
    }
}
