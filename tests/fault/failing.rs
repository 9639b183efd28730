//! The allocator and its plans.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Barrier;
use std::thread;

use thrifty::fault::{self, Fail, Failing};

use crate::panic_text;

/// Three requests, none of which depends on another.
fn three() -> [bool; 3] {
    [(); 3].map(|()| Vec::<u64>::new().try_reserve_exact(8).is_ok())
}

#[test]
fn nth_fails_one_request() {
    for (n, expected) in [
        (1, [false, true, true]),
        (2, [true, false, true]),
        (3, [true, true, false]),
        (4, [true, true, true]),
    ] {
        let run = fault::with(Fail::Nth(n), three);
        assert_eq!(run.value, expected, "request {n}");
        assert_eq!((run.requests, run.failed), (3, u64::from(n <= 3)));
    }
}

#[test]
fn from_fails_that_request_and_the_rest() {
    for (n, expected) in
        [(0, [false; 3]), (1, [false; 3]), (2, [true, false, false]), (4, [true, true, true])]
    {
        let run = fault::with(Fail::From(n), three);
        assert_eq!(run.value, expected, "from request {n}");
    }
    assert_eq!(fault::with(Fail::From(u64::MAX), three).failed, 0);
}

#[test]
fn nth_zero_only_counts() {
    let run = fault::with(Fail::Nth(0), three);
    assert_eq!(run.value, [true; 3]);
    assert_eq!((run.requests, run.failed), (3, 0));
}

#[test]
fn above_fails_large_requests() {
    let sizes = || [8, 9, 10, 8].map(|size| Vec::<u64>::new().try_reserve_exact(size).is_ok());
    let run = fault::with(Fail::Above(72), sizes);
    assert_eq!(run.value, [true, true, false, true]);
    assert_eq!((run.requests, run.failed), (4, 1));
    assert_eq!(fault::with(Fail::Above(0), sizes).failed, 4);
    assert_eq!(fault::with(Fail::Above(usize::MAX), sizes).failed, 0);
    // What counts is the size that a block is to have.
    let grow = || {
        let mut list = vec![0_u64; 4];
        list.try_reserve_exact(8).is_ok()
    };
    assert!(!fault::with(Fail::Above(95), grow).value);
    assert!(fault::with(Fail::Above(96), grow).value);
}

#[test]
fn a_seed_always_fails_the_same_requests() {
    let many = || [(); 1000].map(|()| Vec::<u64>::new().try_reserve_exact(1).is_ok());
    let seeded = |seed, per_mille| fault::with(Fail::Seeded { seed, per_mille }, many);
    assert_eq!(seeded(1, 100).value, seeded(1, 100).value);
    assert_ne!(seeded(1, 100).value, seeded(2, 100).value);
    for seed in 0..20 {
        let failed = seeded(seed, 100).failed;
        assert!((50..150).contains(&failed), "seed {seed}: {failed} of 1000, not about 100");
    }
    assert_eq!((seeded(3, 0).failed, seeded(3, 1000).failed), (0, 1000));
}

#[test]
fn what_a_closure_holds_is_weighed() {
    assert_eq!(fault::with(Fail::Nth(0), || vec![0_u8; 100]).held, 100);
    let mut list = vec![0_u8; 100];
    assert_eq!(fault::with(Fail::Nth(0), || list.shrink_to(40)).held, 0, "as long as its length");
    list.truncate(40);
    assert_eq!(fault::with(Fail::Nth(0), || list.shrink_to_fit()).held, -60);
    assert_eq!(fault::with(Fail::Nth(1), || list.try_reserve(60).is_err()).held, 0);
}

#[test]
fn a_failed_resize_leaves_the_block_as_it_is() {
    let mut list = vec![1_u64, 2, 3];
    let (address, capacity) = (list.as_ptr(), list.capacity());
    let run = fault::with(Fail::Nth(1), || list.try_reserve(1_000));
    assert!(run.value.is_err());
    assert_eq!((run.requests, run.failed), (1, 1));
    assert_eq!((list.as_ptr(), list.capacity()), (address, capacity));
    assert_eq!(list, [1, 2, 3]);
    list.try_reserve(1_000).unwrap();
    assert_eq!(list, [1, 2, 3]);
}

#[test]
fn other_threads_are_left_alone() {
    let (armed, done) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        let neighbour = scope.spawn(|| {
            armed.wait();
            let all = three();
            let text = format!("{all:?}");
            done.wait();
            text
        });
        let run = fault::with(Fail::From(1), || {
            armed.wait();
            done.wait();
            three()
        });
        assert_eq!(run.value, [false; 3]);
        assert_eq!(run.requests, 3, "the neighbour's requests are not ours");
        assert_eq!(neighbour.join().unwrap(), "[true, true, true]");
    });
}

#[test]
fn two_threads_follow_their_own_plans() {
    let both_armed = Barrier::new(2);
    let plan = |plan| {
        fault::with(plan, || {
            both_armed.wait();
            three()
        })
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| plan(Fail::Nth(1)));
        assert_eq!(plan(Fail::Nth(3)).value, [true, true, false]);
        assert_eq!(other.join().unwrap().value, [false, true, true]);
    });
}

#[test]
fn the_plan_ends_with_a_panic_and_its_text_gets_out() {
    let number = three().len();
    // Everything fails, and still the formatted text is made: the thread is panicking by then.
    let text = panic_text(|| {
        let _ = fault::with(Fail::From(1), || panic!("no memory for {number} blocks"));
    });
    assert_eq!(text, "no memory for 3 blocks");
    assert_eq!(three(), [true; 3]);
    assert_eq!(fault::with(Fail::Nth(1), three).failed, 1);
}

#[test]
fn plans_do_not_nest() {
    let text = panic_text(|| {
        let _ = fault::with(Fail::Nth(0), || fault::with(Fail::Nth(0), || ()));
    });
    assert!(text.contains("plans do not nest"), "{text}");
    let text = panic_text(|| {
        let _ = fault::sweep(|| {
            let _ = fault::with(Fail::Nth(0), || ());
            Ok::<_, ()>(())
        });
    });
    assert!(text.contains("plans do not nest"), "{text}");
    assert_eq!(fault::with(Fail::Nth(0), || ()).requests, 0, "the thread is free again");
}

/// The outer plan survives the refusal of the inner one.
#[test]
fn a_refused_plan_leaves_the_outer_one_armed() {
    let run = fault::with(Fail::Nth(1), || {
        let refused = catch_unwind(AssertUnwindSafe(|| fault::with(Fail::Nth(9), || ())));
        assert!(refused.is_err());
        three()
    });
    assert_eq!(run.value, [false, true, true]);
}

thread_local! {
    static CALLS: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Writes down which method was called. Never the global allocator, so it may allocate.
struct Noting;

// SAFETY: each method is `System`'s own, called once with the same arguments.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.with_borrow_mut(|calls| calls.push("alloc"));
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        CALLS.with_borrow_mut(|calls| calls.push("alloc_zeroed"));
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        CALLS.with_borrow_mut(|calls| calls.push("realloc"));
        // SAFETY: the caller keeps `realloc`'s contract, and blocks of ours are `System`'s.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        CALLS.with_borrow_mut(|calls| calls.push("dealloc"));
        // SAFETY: the caller keeps `dealloc`'s contract, and blocks of ours are `System`'s.
        unsafe { System.dealloc(block, layout) }
    }
}

/// One block made, one made zeroed, one resized, all freed; null where the wrapper said no.
fn each_method(alloc: &Failing<Noting>) -> [bool; 3] {
    let small = Layout::new::<[u64; 2]>();
    let large = Layout::new::<[u64; 40]>();
    // SAFETY: the size of `small` is not zero.
    let zeroed = unsafe { alloc.alloc_zeroed(small) };
    // SAFETY: the size of `small` is not zero.
    let mut block = unsafe { alloc.alloc(small) };
    let mut layout = small;
    let mut resized = ptr::null_mut();
    if !block.is_null() {
        // SAFETY: `block` is live, was made with `small`, and the size of `large` is not zero.
        resized = unsafe { alloc.realloc(block, small, large.size()) };
        if !resized.is_null() {
            (block, layout) = (resized, large);
        }
    }
    let got = [!zeroed.is_null(), !block.is_null(), !resized.is_null()];
    if got[1] {
        // SAFETY: `block` is live and `layout` is its layout, old if the resize failed.
        unsafe { alloc.dealloc(block, layout) };
    }
    if got[0] {
        // SAFETY: `zeroed` is live and was made with `small`.
        unsafe { alloc.dealloc(zeroed, small) };
    }
    got
}

#[test]
fn every_method_is_handed_on_to_its_namesake() {
    let alloc = Failing::new(Noting);
    let all = ["alloc_zeroed", "alloc", "realloc", "dealloc", "dealloc"];
    let calls_under = |plan| {
        CALLS.with_borrow_mut(|calls| {
            calls.clear();
            calls.reserve(all.len()); // so that noting itself makes no request
        });
        let got = fault::with(plan, || each_method(&alloc)).value;
        (got, CALLS.with_borrow(Clone::clone))
    };
    let (got, calls) = calls_under(Fail::Nth(0));
    assert_eq!((got, calls.as_slice()), ([true; 3], all.as_slice()));

    // What is refused never reaches the inner allocator.
    let (got, calls) = calls_under(Fail::Nth(1));
    assert_eq!(got, [false, true, true]);
    assert_eq!(calls, ["alloc", "realloc", "dealloc"]);
    let (got, calls) = calls_under(Fail::Nth(2));
    assert_eq!(got, [true, false, false]);
    assert_eq!(calls, ["alloc_zeroed", "dealloc"]);
    let (got, calls) = calls_under(Fail::Nth(3));
    assert_eq!(got, [true, true, false]);
    assert_eq!(calls, ["alloc_zeroed", "alloc", "dealloc", "dealloc"]);

    CALLS.with_borrow_mut(Vec::clear);
    assert_eq!(each_method(&alloc), [true; 3]);
    assert_eq!(CALLS.take(), all, "not armed");
}

/// Has no memory at all.
struct Empty;

// SAFETY: null is always an allowed answer, and without blocks nobody may call the other methods.
unsafe impl GlobalAlloc for Empty {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

/// What the inner allocator itself refuses is a request, and weighs nothing.
#[test]
fn a_refusal_of_the_inner_allocator_is_not_weighed() {
    let alloc = Failing::new(Empty);
    let sweep = fault::sweep(|| {
        // SAFETY: the size of the layout is not zero.
        let block = unsafe { alloc.alloc(Layout::new::<u64>()) };
        assert!(block.is_null());
        Ok::<_, ()>(())
    });
    assert_eq!((sweep.points, sweep.swallowed.len()), (1, 1));
    assert!(sweep.leaked.is_empty());
}
