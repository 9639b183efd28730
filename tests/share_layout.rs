//! `Str` on an allocator that knows the layout of each block, and that can make a clone in between.
//!
//! The allocators of a system ask for neither size nor alignment when a block comes back, so a wrong
//! one shows here only.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null;

use thrifty::share::Str;
use thrifty::share::bytes::Bytes;

/// Writes each block's layout in front of it, and compares when the block comes back.
struct Exact;

#[global_allocator]
static EXACT: Exact = Exact;

thread_local! {
    /// Blocks made and not freed by this thread.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    /// Blocks that came back with another layout.
    static WRONG: Cell<usize> = const { Cell::new(0) };
    /// A text to clone within the next allocation.
    static TO_CLONE: Cell<*const Str> = const { Cell::new(null()) };
    static CLONE: Cell<Option<Str>> = const { Cell::new(None) };
}

/// Room for the layout in front of a block, as the block is aligned.
fn room(layout: Layout) -> usize {
    layout.align().max(size_of::<Layout>())
}

fn with_room(layout: Layout) -> Layout {
    Layout::from_size_align(layout.size() + room(layout), room(layout)).unwrap()
}

/// Where the layout of a block stands.
fn written(block: *mut u8) -> *mut Layout {
    block.wrapping_sub(size_of::<Layout>()).cast()
}

// SAFETY: each block is behind `room` bytes of one of `System`'s, which `dealloc` gives back with the
// layout that it was made with. Nothing here unwinds but in a test that fails.
unsafe impl GlobalAlloc for Exact {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let text = TO_CLONE.replace(null());
        // SAFETY: null, or set by a test that borrows the text until this call has returned.
        if let Some(text) = unsafe { text.as_ref() } {
            CLONE.set(Some(text.clone()));
        }
        // SAFETY: the size is not zero.
        let whole = unsafe { System.alloc(with_room(layout)) };
        if whole.is_null() {
            return whole;
        }
        LIVE.set(LIVE.get() + 1);
        // SAFETY: `whole` has `room` bytes in front of the block.
        let block = unsafe { whole.add(room(layout)) };
        // SAFETY: in `whole`, and aligned: `room` is a multiple of its size and of its alignment.
        unsafe { written(block).write(layout) };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `alloc` has written it there.
        let made = unsafe { written(block).read() };
        LIVE.set(LIVE.get() - 1);
        if made != layout {
            WRONG.set(WRONG.get() + 1);
        }
        // SAFETY: `alloc` has moved it by this much.
        let whole = unsafe { block.sub(room(made)) };
        // SAFETY: `System`'s block, with its layout.
        unsafe { System.dealloc(whole, with_room(made)) };
    }
}

/// Runs `f`, after which there are as many blocks as before, and each came back as it was made.
#[track_caller]
fn in_order(case: &str, f: impl FnOnce()) {
    let (live, wrong) = (LIVE.get(), WRONG.get());
    f();
    assert_eq!((LIVE.get() - live, WRONG.get() - wrong), (0, 0), "{case}: leaks and wrong layouts");
}

/// What is done with a text until nothing of it is left.
type End = fn(Str);

#[test]
fn each_block_comes_back_as_it_was_made() {
    let ends: [(&str, End); 10] = [
        ("drop", drop),
        ("clone", |text| drop((text.clone(), text))),
        ("slices", |text| drop([text.slice(1..), text.slice(..24), text])),
        ("the last is a slice", |text| {
            let part = text.slice(..24);
            drop(text);
            drop(part);
        }),
        ("slicer", |text| drop((text.slicer(7).slice(..), text.slicer(7)))),
        ("make_mut", |mut text| text.make_mut().make_ascii_uppercase()),
        ("into_string", |text| drop(text.into_string())),
        ("into_string of a slice", |text| {
            let part = text.slice(..24);
            drop(text);
            drop(part.into_string());
        }),
        ("into_bytes", |text| drop(text.into_bytes())),
        ("into_bytes of a slice", |text| {
            let part = text.slice(1..);
            drop(text);
            drop(part.into_bytes());
        }),
    ];
    for len in 25..42 {
        for spare in 0..40 {
            for (name, end) in ends {
                let case = format!("{name}, {len} bytes and {spare} to spare");
                in_order(&case, || {
                    let mut string = String::with_capacity(len + spare);
                    string.extend(('a'..='z').cycle().take(len));
                    end(Str::from(string));
                });
                in_order(&case, || end(Str::try_from(Bytes::from(vec![b'a'; len])).unwrap()));
            }
        }
    }
}

/// Another thread's first clone comes between this one's look at the header and its own header: the
/// same at every run, since here it comes from the allocator that makes the header.
#[test]
fn of_two_first_clones_the_later_counts_too() {
    let clones: [fn(&Str) -> Str; 3] =
        [Str::clone, |text| text.slice(..), |text| text.slicer(5).slice(..)];
    for make in clones {
        in_order("two first clones", || {
            let text = Str::from(String::from("a text without any spare capacity"));
            TO_CLONE.set(&raw const text);
            let later = make(&text);
            let first = CLONE.take().unwrap();
            assert!(first.ptr_eq(&text) && later.ptr_eq(&text));
            drop(first);
            assert!(!text.is_unique());
            drop(later);
            assert!(text.is_unique());
        });
    }
}
