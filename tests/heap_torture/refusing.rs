//! An allocator that says no, below the meter: by plan.

use std::alloc::{GlobalAlloc, Layout, alloc_zeroed};
use std::cell::Cell;
use std::ptr;

use thrifty::heap::Backend;
use thrifty::meter::{self, measure};

use crate::each_backend::Case;
use crate::{begin, checked, is_on};

pub(crate) const CASES: &[Case] = &[
    ("refusing::each_request_in_turn", each_request_in_turn),
    ("refusing::too_large_for_anybody", too_large_for_anybody),
];

/// Answers one request of a thread with null, if there is a plan, and hands on all others.
#[derive(Debug)]
pub(crate) struct Refusing<A>(pub(crate) A);

thread_local! {
    /// Requests of this thread until the one to refuse; 0 is for none.
    static UNTIL: Cell<u64> = const { Cell::new(0) };
}

fn refuses() -> bool {
    let count_down = |until: &Cell<u64>| {
        let left = until.get();
        until.set(left.saturating_sub(1));
        left == 1
    };
    UNTIL.try_with(count_down).unwrap_or(false)
}

// SAFETY: a call goes to the method of the same name of `A` unchanged, or is answered with null,
// which every request may be; a block that was to be resized stays as it is then.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Refusing<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if refuses() {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise is the callee's.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if refuses() {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise is the callee's.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if refuses() {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise is the callee's.
        unsafe { self.0.realloc(ptr, layout, new_size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's.
        unsafe { self.0.dealloc(ptr, layout) }
    }
}

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
    let live = checked::live();
    for nth in 1.. {
        let (mut list, mut text) = (Vec::new(), String::new());
        let (done, usage) = measure(|| {
            UNTIL.set(nth);
            let done = work(&mut list, &mut text);
            let refused = UNTIL.replace(0) == 0;
            assert_eq!(refused, done.is_none());
            done
        });
        assert!(list.iter().copied().eq(0..u32::try_from(list.len()).unwrap()));
        assert!(text.as_bytes().chunks(3).all(|piece| piece == b"abc"));
        assert!(text.len() / 3 == list.len() || text.len() / 3 + 1 == list.len());
        // What was refused is not counted: what is live is what the two have.
        let kept = u64::from(list.capacity() > 0) + u64::from(text.capacity() > 0);
        assert_eq!(usage.allocs - usage.frees, kept);
        let bytes = (list.capacity() * 4 + text.capacity()) as u64;
        assert_eq!(usage.bytes_allocated - usage.bytes_freed, bytes);
        drop((list, text));
        assert_eq!(checked::live(), live, "request {nth}");
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
    let (live, before) = (checked::live(), meter::thread());
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
    assert_eq!(checked::live(), live);
    assert!(is_on(backend));
}
