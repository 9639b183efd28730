//! Process totals are exact once the threads are quiet, whatever they did and however they ended.
//!
//! Runs on the main thread, one trial after the other: a harness that allocates beside the test would
//! be counted too.
#![cfg(feature = "meter")]

use std::alloc::System;
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use thrifty::meter::{self, Metered, Totals, process};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let trials = vec![
        Trial::test("what_threads_leave_is_exact", || check(what_threads_leave_is_exact)),
        Trial::test("late_destructors_are_counted", || check(late_destructors_are_counted)),
        Trial::test("raw_threads_are_counted", || check(raw_threads_are_counted)),
        Trial::test("a_thread_goes_on_after_its_own_end", || {
            check(a_thread_goes_on_after_its_own_end)
        }),
        Trial::test("threads_end_in_any_order", || check(threads_end_in_any_order)),
        Trial::test("a_fork_goes_on_from_its_parents_sums", || check(a_fork_goes_on)),
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
    use std::ffi::c_void;
    use std::ptr;

    use raw::run;

    extern "C" fn destructs(_: *mut c_void) -> *mut c_void {
        LATE.with(|_| ());
        ptr::null_mut()
    }
    extern "C" fn frees(boxed: *mut c_void) -> *mut c_void {
        // SAFETY: `run` was given this very box, and nothing else uses it.
        drop(unsafe { Box::from_raw(boxed.cast::<[u8; 123]>()) });
        ptr::null_mut()
    }
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

/// The meter's own destructor runs first, and then others allocate, pause and ask.
fn a_thread_goes_on_after_its_own_end() {
    struct Last;

    impl Drop for Last {
        fn drop(&mut self) {
            meter::pause(|| drop(block(99)));
            let before = (meter::thread(), process());
            (0..10).for_each(|_| drop(block(10)));
            let after = (meter::thread(), process());
            assert_eq!(after.0.allocs - before.0.allocs, 10, "{after:?}");
            assert_eq!(after.0.net_bytes(), before.0.net_bytes());
            assert!(after.1.allocs - before.1.allocs >= 10 && after.0.allocs < 1000, "{after:?}");
            assert!(meter::is_installed());
            let failed = std::panic::catch_unwind(|| drop(meter::Scope::enter())).is_err();
            assert!(failed, "a scope on a thread that has ended");
            DONE.store(true, Ordering::SeqCst);
        }
    }

    thread_local! {
        static LAST: Last = const { Last };
    }
    static DONE: AtomicBool = AtomicBool::new(false);

    // Not a thread of std, which allocates before it runs the closure: here `LAST` is registered
    // first, the meter at the first allocation, and destructors run in the reverse order.
    #[cfg(unix)]
    {
        extern "C" fn body(_: *mut std::ffi::c_void) -> *mut std::ffi::c_void {
            LAST.with(|_| ());
            meter::pause(|| drop(block(50)));
            drop(block(5));
            std::ptr::null_mut()
        }
        DONE.store(false, Ordering::SeqCst);
        let before = process();
        // A scope there fails by a panic, which is expected and needs no report.
        std::panic::set_hook(Box::new(|_| ()));
        raw::run(body, std::ptr::null_mut());
        drop(std::panic::take_hook());
        assert!(DONE.load(Ordering::SeqCst), "the destructor's assertions failed");
        assert_eq!(since(before).live_bytes(), 0);
    }
}

/// Neighbours in the registry leave before and after each other.
fn threads_end_in_any_order() {
    let before = process();
    let (senders, threads): (Vec<_>, Vec<_>) = (0..6)
        .map(|_| {
            let (sender, receiver) = std::sync::mpsc::channel::<()>();
            let body = move || {
                (0..10).for_each(|_| drop(block(10)));
                let _ = receiver.recv();
            };
            (sender, thread::spawn(body))
        })
        .unzip();
    let mut threads: Vec<_> = senders.into_iter().zip(threads).collect();
    for (ended, index) in (1..).zip([2, 3, 0, 1, 1, 0]) {
        let (sender, thread) = threads.remove(index);
        drop(sender);
        thread.join().expect("does not panic");
        // The others may not have begun.
        assert!(since(before).allocs >= 10 * ended);
    }
    drop(threads);
    assert_eq!(since(before).live_bytes(), 0);
}

/// Other threads are alive at the fork, and gone in the child.
#[cfg(unix)]
fn a_fork_goes_on() {
    unsafe extern "C" {
        safe fn fork() -> i32;
        safe fn alarm(seconds: u32) -> u32;
        safe fn raise(signal: i32) -> i32;
        safe fn _exit(code: i32) -> !;
        fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
    }

    const SIGKILL: i32 = 9;

    let (done, quiet) = (Barrier::new(4), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                (0..100).for_each(|_| drop(block(10)));
                done.wait();
                while !quiet.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
            });
        }
        done.wait();
        let before = process();
        let child = fork();
        if child == 0 {
            // A deadlock ends the child by a signal.
            alarm(20);
            let inherited = process();
            let grown = (0..20).all(|_| {
                let joined = thread::spawn(|| drop(block(10))).join().is_ok();
                joined && meter::measure(|| block(10)).1.allocs == 1
            });
            let exact =
                inherited.allocs == before.allocs && process().allocs >= inherited.allocs + 40;
            if grown && exact {
                // Not an exit: memory checkers would miss what the parent's threads hold.
                raise(SIGKILL);
            }
            _exit(1);
        }
        let mut status = -1;
        // SAFETY: `status` has room for an int, and `child` is a child of this process.
        assert_eq!(unsafe { waitpid(child, &raw mut status, 0) }, child);
        quiet.store(true, Ordering::SeqCst);
        assert_eq!(status, SIGKILL, "the child failed, or hung");
    });
}

#[cfg(not(unix))]
fn a_fork_goes_on() {}

/// Threads that std knows nothing of.
#[cfg(unix)]
mod raw {
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

    /// Runs `start` on a thread of its own and waits for its end.
    pub(super) fn run(start: extern "C" fn(*mut c_void) -> *mut c_void, argument: *mut c_void) {
        let mut thread = 0;
        // SAFETY: `thread` has room for the handle (an integer or a pointer on every unix), null
        // stands for default attributes, and `start` has the type that is asked for.
        let created = unsafe { pthread_create(&raw mut thread, ptr::null(), start, argument) };
        assert_eq!(created, 0);
        // SAFETY: the thread was just created and is joined only here; null discards its result.
        assert_eq!(unsafe { pthread_join(thread, ptr::null_mut()) }, 0);
    }
}
