//! Where blocks come from and go to, when the magazine at hand does not do.

use alloc::alloc::handle_alloc_error;
use core::alloc::Layout;
use core::ptr::NonNull;

use super::block::{BLOCKS, Block, FOOT, SMALLEST, log2_of, mark};
use super::engine::{self, Core, Item, Tag};
use crate::sync::CLASSES;

/// The pool of a block, as far as it still exists.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supply {
    pub(super) core: Option<&'static Core>,
    pub(super) pool: Tag,
    /// The marks of each tag that is handed out.
    pub(super) marks: u64,
    pub(super) align: usize,
    /// Whether it may take what others wait for.
    pub(super) in_turn: bool,
}

/// Why there is no block within the bound.
pub(super) enum Refusal {
    Bound,
    /// The allocator has none.
    Memory,
}

impl Supply {
    /// Where the block of this tag came from.
    pub(super) fn of(tag: Tag, block: Block) -> Self {
        let pool = tag.pool();
        let core = engine::find(pool).filter(|core| core.is_open(pool));
        let marks = if tag.has(mark::WIPE) { mark::WIPE } else { 0 };
        Self { core, pool, marks, align: block.align(), in_turn: false }
    }

    /// A block within the bound of the pool.
    pub(super) fn bounded(&self, log2: u32, zeroed: bool) -> Result<(Block, Tag), Refusal> {
        let (Some(core), Some(class)) = (self.core, class_of(log2)) else {
            return Err(Refusal::Bound);
        };
        if !core.keeps(class) {
            return Err(Refusal::Bound);
        }
        if core.waits(self.pool) && !self.in_turn {
            engine::flush(core, self.pool);
            return Err(Refusal::Bound);
        }
        if let Some((item, tag)) = engine::take_slowly(core, self.pool, class, &BLOCKS, self.marks)
        {
            return Ok((Block { base: item.0, log2 }, tag));
        }
        if !core.is_open(self.pool) || !self.admit(core, class) {
            return Err(Refusal::Bound);
        }
        let Some(block) = self.allocate(log2, zeroed) else {
            core.dismiss(self.pool, class, &BLOCKS);
            return Err(Refusal::Memory);
        };
        core.missed();
        Ok((block, self.pool.item(class).with(self.marks)))
    }

    /// A block, within the bound or beside it; `None` without memory.
    pub(super) fn any(&self, log2: u32, zeroed: bool) -> Option<(Block, Tag)> {
        self.bounded(log2, zeroed).ok().or_else(|| {
            let block = self.allocate(log2, zeroed)?;
            if let Some(core) = self.core {
                core.stray_out(self.pool);
            }
            Some((block, self.pool.item(number_of(log2)).with(self.marks | mark::STRAY)))
        })
    }

    /// As [`any`](Self::any), with the failure that `Vec` has.
    pub(super) fn any_or_abort(&self, log2: u32, zeroed: bool) -> (Block, Tag) {
        self.any(log2, zeroed).unwrap_or_else(|| {
            let size = 1_usize.checked_shl(log2).and_then(|size| size.checked_add(FOOT));
            match size.and_then(|size| Layout::from_size_align(size, self.align).ok()) {
                Some(layout) => handle_alloc_error(layout),
                None => capacity_overflow(),
            }
        })
    }

    /// Gives idle items of this pool back to the allocator; tells the bytes.
    pub(super) fn shrink(&self, mut bytes: u64) -> u64 {
        let mut freed = 0;
        if let Some(core) = self.core {
            while bytes > 0 {
                let now = core.dispose_of_heaviest(self.pool, &BLOCKS, bytes);
                if now == 0 {
                    break;
                }
                freed += now;
                bytes = bytes.saturating_sub(now);
            }
        }
        freed
    }

    /// What lies idle in this thread makes way before the bound says no.
    fn admit(&self, core: &Core, class: usize) -> bool {
        core.admit(self.pool, class, &BLOCKS)
            || (engine::flush(core, self.pool) > 0 && core.admit(self.pool, class, &BLOCKS))
    }

    /// When the allocator has nothing, the idle blocks of the pool go first.
    fn allocate(&self, log2: u32, zeroed: bool) -> Option<Block> {
        Block::new(log2, self.align, zeroed).or_else(|| {
            let idle = self.core.map_or(0, |core| engine::flush(core, self.pool)) as u64;
            (self.shrink(u64::MAX) + idle > 0).then(|| Block::new(log2, self.align, zeroed))?
        })
    }
}

/// The way back of a block that cannot go straight to its magazine.
#[cold]
pub(super) fn take_back(base: NonNull<u8>, len: usize, tag: Tag) {
    let block = Block { base, log2: log2_of(tag.class()) };
    Block::note_written(base, || block.capacity() + FOOT, len);
    if tag.has(mark::WIPE) {
        block.wipe();
    }
    if tag.has(mark::STRAY) {
        forget(tag);
        block.free();
    } else {
        let clean = tag.without(mark::WIPE);
        let item = Item(block.base);
        if !engine::magazine(clean).is_some_and(|magazine| magazine.push(item)) {
            engine::give(clean, &BLOCKS, tag.0 & mark::WIPE, item);
        }
    }
}

/// The block is no longer the pool's.
pub(super) fn forget(tag: Tag) {
    engine::dismiss(tag, tag.has(mark::STRAY), &BLOCKS);
}

/// The size of a block that holds `bytes`, as a power of two.
pub(super) fn log2_for(bytes: usize) -> u32 {
    match bytes.max(1 << SMALLEST).checked_next_power_of_two() {
        Some(size) => size.ilog2(),
        None => capacity_overflow(),
    }
}

#[cold]
pub(super) fn capacity_overflow() -> ! {
    #[expect(clippy::panic, reason = "as `Vec` does: no block can be that large")]
    {
        panic!("capacity overflow: a buffer has at most `isize::MAX` bytes")
    }
}

/// The class of blocks of that size, if it can be pooled.
pub(super) fn class_of(log2: u32) -> Option<usize> {
    Some(number_of(log2)).filter(|&class| class < CLASSES)
}

/// The class of blocks of that size, pooled or not.
const fn number_of(log2: u32) -> usize {
    log2 as usize - 1
}
