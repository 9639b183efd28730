//! Allocations while a thread or the process ends.

use std::cell::RefCell;
use std::ffi::c_void;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::thread;

use thrifty::fault::live_blocks;
use thrifty::heap::{self, Backend};

use super::pthreads::{join, start};
use crate::block::Block;
use crate::forked::{End, in_a_fork};
use crate::{begin, times};

/// Values of thread-locals that were destroyed.
static DESTROYED: AtomicUsize = AtomicUsize::new(0);

/// Allocates when it is destroyed, and calls for thread-locals that are gone or not there yet.
struct Restless(Vec<Block>);

impl Restless {
    fn new() -> RefCell<Self> {
        RefCell::new(Self(vec![Block::new(500, 8, 1)]))
    }
}

impl Drop for Restless {
    fn drop(&mut self) {
        DESTROYED.fetch_add(1, Relaxed);
        self.0.push(Block::zeroed(200, 32, 2));
        self.0[0].resize(5000);
        self.0.clear();
        // The first is gone by now, or its turn comes later: both must be lived with.
        let _ = FIRST.try_with(|first| {
            if let Ok(mut first) = first.try_borrow_mut() {
                first.0.push(Block::new(77, 1, 3));
            }
        });
        // Made while others are destroyed.
        let _ = LATE.try_with(|late| late.0.borrow_mut().push(Block::new(88, 8, 4)));
        assert!(heap::rss().is_some());
        assert!(heap::selection().is_some());
    }
}

/// Made by a destructor; its own destructor allocates once more.
struct Late(RefCell<Vec<Block>>);

impl Drop for Late {
    fn drop(&mut self) {
        DESTROYED.fetch_add(1, Relaxed);
        self.0.get_mut().push(Block::new(99, 8, 5));
        let _ = SECOND.try_with(|_| ());
        heap::purge_thread();
    }
}

thread_local! {
    static FIRST: RefCell<Restless> = Restless::new();
    static SECOND: RefCell<Restless> = Restless::new();
    static LATE: Late = const { Late(RefCell::new(Vec::new())) };
}

/// In this order or the other, so that each is destroyed before the other once.
fn touch(forwards: bool) {
    let push = |local: &RefCell<Restless>| local.borrow_mut().0.push(Block::new(10, 2, 6));
    if forwards {
        FIRST.with(push);
        SECOND.with(push);
    } else {
        SECOND.with(push);
        FIRST.with(push);
    }
}

const PER_THREAD: usize = 3;

fn each_thread_destroys(threads: usize, run: impl Fn(usize)) {
    run(0);
    run(1);
    let live = live_blocks();
    DESTROYED.store(0, Relaxed);
    (0..threads).for_each(run);
    assert_eq!(DESTROYED.load(Relaxed), threads * PER_THREAD);
    assert_eq!(live_blocks(), live, "blocks stayed");
}

pub(super) fn of_std_threads(backend: Backend) {
    begin(backend);
    each_thread_destroys(times(50, 1000), |number| {
        thread::spawn(move || touch(number % 2 == 0)).join().unwrap();
    });
}

/// There the allocator is not the first to have a thread-local: std has not allocated before.
pub(super) fn of_raw_threads(backend: Backend) {
    extern "C" fn forwards(_: *mut c_void) -> *mut c_void {
        touch(true);
        ptr::null_mut()
    }
    extern "C" fn backwards(_: *mut c_void) -> *mut c_void {
        touch(false);
        ptr::null_mut()
    }
    begin(backend);
    each_thread_destroys(times(50, 1000), |number| {
        assert!(join(start(if number % 2 == 0 { forwards } else { backwards })).is_null());
    });
}

/// Where the handlers say that they ran.
static SAYS: OnceLock<File> = OnceLock::new();
/// Made before the end, freed by a handler.
static LEFT: Mutex<Vec<Block>> = Mutex::new(Vec::new());

fn say(name: u8) {
    SAYS.get().unwrap().write_all(&[name]).unwrap();
}

fn at_exit(handler: extern "C" fn()) {
    // SAFETY: a function of that type.
    assert_eq!(unsafe { libc::atexit(handler) }, 0);
}

/// Registered first, so called last.
extern "C" fn last() {
    LEFT.lock().unwrap().clear();
    let mut block = Block::new(4000, 4096, 7);
    block.resize(9000);
    assert!(heap::stats().rss.is_some());
    heap::purge();
    say(b'L');
}

extern "C" fn first() {
    // One more, while the process ends.
    at_exit(second);
    LEFT.lock().unwrap().push(Block::zeroed(1 << 20, 8, 8));
    say(b'F');
}

extern "C" fn second() {
    LEFT.lock().unwrap().iter_mut().for_each(|block| block.resize(30));
    let other = thread::spawn(|| drop(Block::new(1000, 8, 9)));
    other.join().unwrap();
    say(b'S');
}

/// Thread-locals of the main thread, then what `atexit` has.
pub(super) fn of_the_process(backend: Backend) {
    begin(backend);
    for _ in 0..times(5, 50) {
        let mut ends = [0; 2];
        // SAFETY: room for two descriptors.
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        // SAFETY: new descriptors, which nobody else has.
        let [mut reader, writer] = ends.map(|end| unsafe { File::from_raw_fd(end) });
        in_a_fork(End::Exit, || {
            SAYS.set(writer.try_clone().unwrap()).unwrap();
            at_exit(last);
            at_exit(first);
            LEFT.lock().unwrap().extend((0..50).map(|n| Block::new(n * 97 + 1, 8, 10)));
            touch(true);
        });
        drop(writer);
        let mut heard = String::new();
        reader.read_to_string(&mut heard).unwrap();
        assert_eq!(heard, "FSL", "what the handlers say");
    }
}
