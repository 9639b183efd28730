//! Process totals are exact once the threads are quiet, whatever they did and however they ended.
//!
//! Runs on the main thread, one trial after the other: a harness that allocates beside the test would
//! be counted too.
#![cfg(feature = "meter")]

use std::alloc::System;
use std::cell::RefCell;
use std::hint::black_box;
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use thrifty::meter::{Metered, Totals, process};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let trials = vec![
        Trial::test("what_threads_leave_is_exact", || check(what_threads_leave_is_exact)),
        Trial::test("late_destructors_are_counted", || check(late_destructors_are_counted)),
        Trial::test("raw_threads_are_counted", || check(raw_threads_are_counted)),
        Trial::test("ended_threads_leave_nothing", || check(ended_threads_leave_nothing)),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// Runs `f` twice and compares: the first run pays for what std sets up once.
#[expect(clippy::unnecessary_wraps, reason = "the type that a trial has")]
fn check(f: fn()) -> Result<(), Failed> {
    f();
    f();
    Ok(())
}

fn since(before: Totals) -> Totals {
    let after = process();
    let mut since = Totals::default();
    since.allocs = after.allocs - before.allocs;
    since.reallocs = after.reallocs - before.reallocs;
    since.frees = after.frees - before.frees;
    since.bytes_allocated = after.bytes_allocated - before.bytes_allocated;
    since.bytes_freed = after.bytes_freed - before.bytes_freed;
    since
}

fn block(n: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(n))
}

/// Half of the blocks are freed by a thread other than the one that made them.
fn what_threads_leave_is_exact() {
    let round = |blocks: usize| {
        let before = process();
        let kept: Vec<Vec<u8>> = thread::scope(|scope| {
            let mut threads = Vec::new();
            for _ in 0..8 {
                threads.push(scope.spawn(move || {
                    (0..blocks).for_each(|_| drop(block(10)));
                    block(1000)
                }));
            }
            threads.into_iter().map(|thread| thread.join().expect("does not panic")).collect()
        });
        drop(kept);
        since(before)
    };
    let (few, many) = (round(0), round(100));
    assert_eq!(many.allocs - few.allocs, 800);
    assert_eq!(many.frees - few.frees, 800);
    assert_eq!(many.bytes_allocated - few.bytes_allocated, 8000);
    assert_eq!(many.bytes_freed - few.bytes_freed, 8000);
    assert_eq!(few.live_bytes(), 0, "{few:?}");
}

/// A thread-local whose destructor runs after the meter's own.
struct Late(RefCell<Vec<Vec<u8>>>);

impl Drop for Late {
    fn drop(&mut self) {
        (0..51).for_each(|_| drop(block(9)));
        let mut grown = block(10);
        grown.reserve_exact(20);
        grown.shrink_to(5);
        drop(grown);
    }
}

thread_local! {
    static LATE: Late = const { Late(RefCell::new(Vec::new())) };
}

fn late_destructors_are_counted() {
    let round = |late: bool| {
        let before = process();
        thread::spawn(move || {
            if late {
                LATE.with(|late| late.0.borrow_mut().push(Vec::new()));
            }
        })
        .join()
        .expect("does not panic");
        since(before)
    };
    let (without, with) = (round(false), round(true));
    // 51 blocks and one that is reallocated twice, and the vector of vectors.
    assert_eq!(with.allocs - without.allocs, 53);
    assert_eq!(with.reallocs - without.reallocs, 2);
    assert_eq!(with.frees - without.frees, 53);
    assert_eq!(with.live_bytes(), without.live_bytes());
}

/// Threads that std did not start: one that allocates in a destructor, one that only frees.
#[cfg(unix)]
fn raw_threads_are_counted() {
    use std::ffi::{c_int, c_void};
    use std::ptr;

    type Pthread = usize;
    unsafe extern "C" {
        fn pthread_create(
            thread: *mut Pthread,
            attributes: *const c_void,
            start: extern "C" fn(*mut c_void) -> *mut c_void,
            argument: *mut c_void,
        ) -> c_int;
        fn pthread_join(thread: Pthread, result: *mut *mut c_void) -> c_int;
    }

    extern "C" fn destructs(_: *mut c_void) -> *mut c_void {
        LATE.with(|_| ());
        ptr::null_mut()
    }
    extern "C" fn frees(boxed: *mut c_void) -> *mut c_void {
        // SAFETY: `run` was given this very box, and nothing else uses it.
        drop(unsafe { Box::from_raw(boxed.cast::<[u8; 123]>()) });
        ptr::null_mut()
    }
    let run = |start, argument| {
        let mut thread = 0;
        // SAFETY: `thread` has room for the handle (an integer or a pointer on every unix), null
        // stands for default attributes, and `start` has the type that is asked for.
        let created = unsafe { pthread_create(&raw mut thread, ptr::null(), start, argument) };
        assert_eq!(created, 0);
        // SAFETY: the thread was just created and is joined only here; null discards its result.
        assert_eq!(unsafe { pthread_join(thread, ptr::null_mut()) }, 0);
    };

    let before = process();
    run(destructs, ptr::null_mut());
    let destructed = since(before);
    assert!(destructed.allocs >= 52, "{destructed:?}");
    assert_eq!(destructed.reallocs, 2);
    assert_eq!(destructed.live_bytes(), 0, "{destructed:?}");

    let boxed = Box::into_raw(Box::new([0_u8; 123]));
    let before = process();
    run(frees, boxed.cast());
    let freed = since(before);
    assert_eq!(freed.bytes_freed - freed.bytes_allocated, 123, "{freed:?}");
    assert_eq!(freed.frees - freed.allocs, 1, "{freed:?}");
}

#[cfg(not(unix))]
fn raw_threads_are_counted() {}

/// Nothing grows with the number of threads that have been.
fn ended_threads_leave_nothing() {
    let before = process();
    for _ in 0..2000 {
        thread::spawn(|| drop(block(10))).join().expect("does not panic");
    }
    let after = since(before);
    assert_eq!(after.live_bytes(), 0, "{after:?}");
    assert!(after.allocs >= 2000, "{after:?}");
}
