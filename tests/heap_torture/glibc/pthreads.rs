//! Threads that std does not know, and destructors of `pthread_key_create`.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use fastrand::Rng;
use thrifty::fault::live_blocks;
use thrifty::heap::Backend;

use crate::block::Block;
use crate::makers::maker;
use crate::{begin, times};

static KEY: AtomicU32 = AtomicU32::new(0);
static DESTRUCTORS: AtomicUsize = AtomicUsize::new(0);

/// How often a destructor may run on one thread, if it sets its value again (`limits.h`).
const ITERATIONS: usize = 4;

/// At the same time.
const WAVE: usize = 16;

/// Starts a thread whose very first act is `start`; the answer is given to [`join`].
pub(super) fn start(start: extern "C" fn(*mut c_void) -> *mut c_void) -> libc::pthread_t {
    let mut thread = 0;
    // SAFETY: room for the name of a thread, default attributes, a function of that type that takes
    // null.
    let code =
        unsafe { libc::pthread_create(&raw mut thread, ptr::null(), start, ptr::null_mut()) };
    assert_eq!(code, 0);
    thread
}

pub(super) fn join(thread: libc::pthread_t) -> *mut c_void {
    let mut answer = ptr::null_mut();
    // SAFETY: callers pass each thread of `start` once.
    assert_eq!(unsafe { libc::pthread_join(thread, &raw mut answer) }, 0);
    answer
}

pub(super) fn that_allocate_first(backend: Backend) {
    begin(backend);
    let mut key = 0;
    // SAFETY: room for a key, and a function of that type.
    assert_eq!(unsafe { libc::pthread_key_create(&raw mut key, Some(destroy)) }, 0);
    KEY.store(key, Relaxed);
    let waves = times(20, 300);
    let round = || {
        let threads: [_; WAVE] = std::array::from_fn(|_| start(allocates_first));
        threads.map(join).into_iter().for_each(free);
    };
    round();
    let live = live_blocks();
    DESTRUCTORS.store(0, Relaxed);
    (0..waves).for_each(|_| round());
    assert_eq!(DESTRUCTORS.load(Relaxed), waves * WAVE * ITERATIONS);
    assert_eq!(live_blocks(), live, "blocks stayed");
}

extern "C" fn allocates_first(_: *mut c_void) -> *mut c_void {
    let blocks = vec![Block::new(48, 8, 1)];
    // Whichever backend is chosen, jemalloc is asked about blocks. A thread that it meets for the
    // first time in the last round of destructors stays in its list of threads when it is gone: it
    // corrupts the list (jemalloc 5.3.1, `tsd_add_nominal`).
    maker(blocks[0].start());
    set(Some(Box::new((1, blocks))));
    let mut rng = Rng::with_seed(5);
    let blocks: Vec<_> = (0..20).map(|_| Block::random(&mut rng)).collect();
    Box::into_raw(Box::new(blocks)).cast()
}

/// On another thread, when the maker has ended.
fn free(blocks: *mut c_void) {
    // SAFETY: `allocates_first` made it and nobody else has it.
    drop(unsafe { Box::from_raw(blocks.cast::<Vec<Block>>()) });
}

/// How often a destructor has seen it, and blocks of its thread.
type Value = (usize, Vec<Block>);

fn set(value: Option<Box<Value>>) {
    let value = value.map_or(ptr::null_mut(), Box::into_raw);
    // SAFETY: the key exists, and takes every pointer.
    assert_eq!(unsafe { libc::pthread_setspecific(KEY.load(Relaxed), value.cast()) }, 0);
}

/// Frees what the thread has left, allocates, and wants to be called again.
extern "C" fn destroy(value: *mut c_void) {
    DESTRUCTORS.fetch_add(1, Relaxed);
    // SAFETY: `set` made it, and the key has forgotten it.
    let (seen, blocks) = *unsafe { Box::from_raw(value.cast::<Value>()) };
    drop(blocks);
    let mut block = Block::new(3000, 16, 2);
    block.resize(100);
    if seen < ITERATIONS {
        set(Some(Box::new((seen + 1, vec![block, Block::zeroed(64, 64, 3)]))));
    }
}
