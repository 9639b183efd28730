//! The meter against ten lines of arithmetic.

use std::alloc::{GlobalAlloc, Layout};

use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::meter::{Scope, Usage};

use super::GLOBAL;

#[derive(Clone, Copy, Debug)]
enum Op {
    Alloc { size: usize, zeroed: bool },
    Realloc { which: usize, size: usize },
    Free { which: usize },
    Open,
    Close { which: usize },
}

fn op() -> impl Strategy<Value = Op> {
    let size = || prop_oneof![1..64_usize, 1..5000_usize];
    prop_oneof![
        4 => (size(), any::<bool>()).prop_map(|(size, zeroed)| Op::Alloc { size, zeroed }),
        3 => (any::<usize>(), size()).prop_map(|(which, size)| Op::Realloc { which, size }),
        4 => any::<usize>().prop_map(|which| Op::Free { which }),
        2 => Just(Op::Open),
        2 => any::<usize>().prop_map(|which| Op::Close { which }),
    ]
}

/// What the heap did, told by the program itself.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    allocs: u64,
    reallocs: u64,
    frees: u64,
    bytes: u64,
    freed: u64,
    kept: u64,
}

impl Model {
    fn live(self) -> i64 {
        self.bytes.cast_signed() - self.freed.cast_signed()
    }
}

struct Open {
    scope: Scope,
    since: Model,
    peak: i64,
}

impl Open {
    fn check(&self, now: Model) -> Result<(), TestCaseError> {
        let usage = self.scope.so_far();
        let mut expected = Usage::default();
        expected.allocs = now.allocs - self.since.allocs;
        expected.reallocs = now.reallocs - self.since.reallocs;
        expected.frees = now.frees - self.since.frees;
        expected.bytes_allocated = now.bytes - self.since.bytes;
        expected.bytes_freed = now.freed - self.since.freed;
        expected.bytes_kept = now.kept - self.since.kept;
        expected.peak_bytes = u64::try_from(self.peak - self.since.live()).unwrap();
        prop_assert_eq!(usage, expected);
        Ok(())
    }
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 1).unwrap()
}

proptest! {
    /// Scopes that open and close at any moment, in any order, around any requests.
    #[test]
    fn every_scope_sees_what_the_program_did(ops in vec(op(), 0..120)) {
        // All of the test's own bookkeeping is allocated up front.
        let mut blocks: Vec<(*mut u8, usize)> = Vec::with_capacity(ops.len());
        let mut scopes: Vec<Open> = Vec::with_capacity(ops.len());
        let mut now = Model::default();
        for op in ops {
            match op {
                Op::Alloc { size, zeroed } => {
                    let request = if zeroed { GlobalAlloc::alloc_zeroed } else { GlobalAlloc::alloc };
                    // SAFETY: `size` is above zero.
                    blocks.push((unsafe { request(&GLOBAL, layout(size)) }, size));
                    now.allocs += 1;
                    now.bytes += size as u64;
                }
                Op::Realloc { which, size } if !blocks.is_empty() => {
                    let which = which % blocks.len();
                    let (block, old) = blocks[which];
                    // SAFETY: the block is live and has this layout; `size` is above zero.
                    blocks[which] = (unsafe { GLOBAL.realloc(block, layout(old), size) }, size);
                    now.reallocs += 1;
                    now.bytes += size.saturating_sub(old) as u64;
                    now.freed += old.saturating_sub(size) as u64;
                    now.kept += old.min(size) as u64;
                }
                Op::Free { which } if !blocks.is_empty() => {
                    let (block, size) = blocks.swap_remove(which % blocks.len());
                    // SAFETY: the block is live, has this layout, and is forgotten here.
                    unsafe { GLOBAL.dealloc(block, layout(size)) };
                    now.frees += 1;
                    now.freed += size as u64;
                }
                Op::Open => scopes.push(Open { scope: Scope::enter(), since: now, peak: now.live() }),
                Op::Close { which } if !scopes.is_empty() => {
                    let which = which % scopes.len();
                    scopes[which].check(now)?;
                    drop(scopes.swap_remove(which));
                }
                Op::Realloc { .. } | Op::Free { .. } | Op::Close { .. } => {}
            }
            for open in &mut scopes {
                open.peak = open.peak.max(now.live());
                open.check(now)?;
            }
        }
        for (block, size) in blocks {
            // SAFETY: the block is live, has this layout, and is forgotten here.
            unsafe { GLOBAL.dealloc(block, layout(size)) };
        }
    }
}
