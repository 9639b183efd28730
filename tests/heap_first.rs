//! The first request of a `ByEnv`, made by many threads at once, allocates nothing but its block.
//!
//! The global allocator of this binary is another one, so that the moment of the choice can be
//! picked. A process has one choice: each try is a process of its own.
#![cfg(feature = "heap")]

#[path = "heap/alone.rs"]
mod alone;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::env;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;

use alone::{is_child, start};
use thrifty::heap::{self, Backend, ByEnv};

/// Counts the calls of each thread: the harness has a thread of its own, which may allocate meanwhile.
struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

fn called() {
    CALLS.with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call goes to `System` unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        called();
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        called();
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static GLOBAL: Counting = Counting;

const VARIABLE: &str = "THRIFTY_FIRST_REQUEST";

static FRESH: ByEnv = ByEnv::new(VARIABLE).or(Backend::System);

/// It would choose otherwise: its variable is not set.
static OTHER: ByEnv = ByEnv::new("THRIFTY_NO_SUCH_VARIABLE").or(Backend::compiled()[0]);

const THREADS: usize = 6;

/// Runs `check` in new processes, one for each backend and one for garbage; `test` is the caller.
fn each_in_its_process(test: &str, check: fn()) {
    if is_child() {
        return check();
    }
    let names = Backend::compiled().iter().map(|backend| backend.name());
    names.chain(["a name of no allocator"]).for_each(|value| start(test, &[(VARIABLE, value)]));
}

#[test]
fn many_threads_may_ask_first() {
    // One first request a process.
    let tries = if is_child() { 1 } else { 20 };
    (0..tries).for_each(|_| each_in_its_process("many_threads_may_ask_first", race));
}

fn race() {
    assert_eq!(heap::selection(), None);
    let both = [&FRESH, &OTHER];
    // Spinning: a barrier that wakes one thread after the other keeps them apart.
    let arrived = &AtomicUsize::new(0);
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..THREADS).map(|_| mpsc::channel()).unzip();
    let selections: Vec<_> = thread::scope(|scope| {
        let mut senders = senders.into_iter().cycle().skip(1);
        let threads: Vec<_> = receivers
            .into_iter()
            .enumerate()
            .map(|(number, receiver)| {
                let next = senders.next().unwrap();
                scope.spawn(move || {
                    let layout = Layout::from_size_align(3 + number, 1 << (number % 8)).unwrap();
                    arrived.fetch_add(1, SeqCst);
                    while arrived.load(SeqCst) < THREADS {
                        std::hint::spin_loop();
                    }
                    // SAFETY: the size is above zero.
                    let block = unsafe { both[number % 2].alloc(layout) };
                    let selection = heap::selection();
                    next.send((block.expose_provenance(), layout)).unwrap();
                    // Its neighbour frees it, by way of another size.
                    let (address, layout) = receiver.recv().unwrap();
                    let block = std::ptr::with_exposed_provenance_mut::<u8>(address);
                    // SAFETY: the block is live, with this layout, and nobody else has it.
                    let block = unsafe { FRESH.realloc(block, layout, 1000) };
                    let layout = Layout::from_size_align(1000, layout.align()).unwrap();
                    // SAFETY: as above.
                    unsafe { FRESH.dealloc(block, layout) };
                    selection
                })
            })
            .collect();
        drop(senders);
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // Who has a block sees the choice at once, and all see the same one.
    let selection = heap::selection();
    assert!(selection.is_some());
    for seen in selections {
        assert_eq!(seen.map(|seen| seen.backend()), selection.map(|seen| seen.backend()));
        assert_eq!(seen, selection);
    }
}

#[test]
fn the_choice_allocates_nothing() {
    each_in_its_process("the_choice_allocates_nothing", first);
}

fn first() {
    assert_eq!(heap::selection(), None);
    let layout = Layout::from_size_align(64, 8).unwrap();
    let before = CALLS.get();
    // SAFETY: the size is above zero.
    let block = unsafe { FRESH.alloc_zeroed(layout) };
    let selection = heap::selection();
    let asked = selection.is_some_and(|selection| selection.asked().is_some());
    let versions = Backend::compiled().iter().filter(|backend| backend.version().is_some()).count();
    let after = CALLS.get();
    assert_eq!(after - before, 0, "the global allocator was called");
    assert_eq!(asked, cfg!(unix));
    assert!(versions <= Backend::compiled().len());
    // SAFETY: the block is live, with this layout.
    unsafe { FRESH.dealloc(block, layout) };
    assert_chosen();
}

fn assert_chosen() {
    let selection = heap::selection().unwrap();
    let asked = env::var(VARIABLE).unwrap();
    let expected = if cfg!(unix) { asked.parse() } else { Ok(Backend::System) };
    assert_eq!(selection.backend(), expected.unwrap_or(Backend::System));
    // None of it touches what the process itself runs on.
    assert_ne!(heap::active(), Some(Backend::Mimalloc));
    assert_ne!(heap::active(), Some(Backend::Jemalloc));
}
