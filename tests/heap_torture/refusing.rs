//! An allocator that says no, below the meter.

use std::alloc::{Layout, alloc_zeroed};

use thrifty::fault::{self, Fail, live_blocks};
use thrifty::heap::Backend;
use thrifty::meter::{self, measure};

use crate::each_backend::Case;
use crate::{begin, is_on};

pub(crate) const CASES: &[Case] = &[
    ("refusing::each_request_in_turn", each_request_in_turn),
    ("refusing::too_large_for_anybody", too_large_for_anybody),
];

/// Builds text and lists by fallible means; what was built before the refusal is given back intact.
fn work(list: &mut Vec<u32>, text: &mut String) -> Option<()> {
    for n in 0..2000 {
        list.try_reserve(1).ok()?;
        list.push(n);
        text.try_reserve(3).ok()?;
        text.push_str("abc");
    }
    let mut zeroed = Zeroed::new(10_000)?;
    zeroed.0.push(1);
    let mut aligned = Vec::<Page>::new();
    aligned.try_reserve(1).ok()?;
    aligned.try_reserve(9).ok()
}

#[repr(align(4096))]
struct Page {
    _all: [u8; 4096],
}

/// A vector out of `alloc_zeroed`, which std has no fallible way to.
struct Zeroed(Vec<u8>);

impl Zeroed {
    fn new(size: usize) -> Option<Self> {
        let layout = Layout::array::<u8>(size).ok().filter(|layout| layout.size() > 0)?;
        // SAFETY: the size is above zero.
        let start = unsafe { alloc_zeroed(layout) };
        // SAFETY: if it is not null, a block of the global allocator with the layout of a vector of
        // bytes of this capacity, none of which it holds.
        (!start.is_null()).then(|| Self(unsafe { Vec::from_raw_parts(start, 0, size) }))
    }
}

fn each_request_in_turn(backend: Backend) {
    begin(backend);
    // To ask costs an allocation the first time.
    assert!(meter::is_installed());
    let live = live_blocks();
    for nth in 1.. {
        let (mut list, mut text) = (Vec::new(), String::new());
        let run = fault::with(Fail::Nth(nth), || measure(|| work(&mut list, &mut text)));
        let (done, usage) = run.value;
        assert_eq!(run.failed, u64::from(done.is_none()));
        assert!(list.iter().copied().eq(0..u32::try_from(list.len()).unwrap()));
        assert!(text.as_bytes().chunks(3).all(|piece| piece == b"abc"));
        assert!(text.len() / 3 == list.len() || text.len() / 3 + 1 == list.len());
        // What was refused is not counted: what is live is what the two have.
        let kept = u64::from(list.capacity() > 0) + u64::from(text.capacity() > 0);
        assert_eq!(usage.allocs - usage.frees, kept);
        let bytes = (list.capacity() * 4 + text.capacity()) as u64;
        assert_eq!(usage.bytes_allocated - usage.bytes_freed, bytes);
        drop((list, text));
        assert_eq!(live_blocks(), live, "request {nth}");
        if done.is_some() {
            assert!(nth > 20, "only {nth} requests");
            break;
        }
        assert!(usage.allocs + usage.reallocs < nth, "{usage:?}");
    }
}

/// More than a process can have, from the backend itself: `Err`, and all goes on.
fn too_large_for_anybody(backend: Backend) {
    begin(backend);
    let (live, before) = (live_blocks(), meter::thread());
    for size in [1 << 50, isize::MAX.cast_unsigned() / 2, isize::MAX.cast_unsigned()] {
        assert!(Vec::<u8>::new().try_reserve_exact(size).is_err());
        assert!(Vec::<Page>::new().try_reserve_exact(size / 4096).is_err());
        assert!(Zeroed::new(size).is_none());
        let mut list = vec![7_u8; 100];
        assert!(list.try_reserve_exact(size).is_err());
        assert_eq!(list, [7; 100]);
    }
    let after = meter::thread();
    assert_eq!(after.allocs - before.allocs, after.frees - before.frees);
    assert_eq!(live_blocks(), live);
    assert!(is_on(backend));
}
