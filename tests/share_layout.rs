//! `Str` on an allocator that knows the layout of each block, and that can make a clone in between.
//!
//! The allocators of a system ask for neither size nor alignment when a block comes back, so a wrong
//! one shows here only.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null;

use thrifty::fault::{self, Fail, Failing, LayoutChecked};
use thrifty::share::Str;
use thrifty::share::bytes::Bytes;

/// Clones a text within the next allocation, if there is one to clone.
struct Between;

#[global_allocator]
static ALLOC: Failing<LayoutChecked<Between>> = Failing::new(LayoutChecked::new(Between));

thread_local! {
    static TO_CLONE: Cell<*const Str> = const { Cell::new(null()) };
    static CLONE: Cell<Option<Str>> = const { Cell::new(None) };
}

// SAFETY: all memory is `System`'s. To clone may lead here again, when there is nothing left to clone.
unsafe impl GlobalAlloc for Between {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let text = TO_CLONE.replace(null());
        // SAFETY: null, or set by a test that borrows the text until this call has returned.
        if let Some(text) = unsafe { text.as_ref() } {
            CLONE.set(Some(text.clone()));
        }
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.dealloc(block, layout) };
    }
}

/// Runs `f`, after which nothing is left; a block that comes back with another layout ends the process.
#[track_caller]
fn in_order(case: &str, f: impl FnOnce()) {
    let run = fault::with(Fail::Nth(0), f);
    assert_eq!(run.held, 0, "{case}: bytes leaked");
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
