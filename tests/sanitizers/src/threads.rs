//! Threads that share nothing of std: `pthread_create`, and gates and boxes made of atomics.
//!
//! `ThreadSanitizer` knows the two functions of pthreads, but not the code of std that was compiled
//! without it: a `JoinHandle`, a `Mutex` or a channel would be reported, though nothing is wrong.

use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::sync::atomic::{AtomicPtr, AtomicUsize};

/// Runs `body` on as many threads at once, with their numbers; returns when all have ended, the
/// destructors of their thread-locals included.
pub(crate) fn run(threads: usize, body: impl Fn(usize) + Sync) {
    let gate = AtomicUsize::new(threads);
    let numbered = |number| {
        gate.fetch_sub(1, AcqRel);
        while gate.load(Relaxed) > 0 {
            std::hint::spin_loop();
        }
        body(number);
    };
    let works: Vec<_> = (0..threads).map(|number| Work { body: &numbered, number }).collect();
    let handles: Vec<_> = works.iter().map(start).collect();
    for handle in handles {
        // SAFETY: the thread was started and is joined once; it returns nothing.
        let failed = unsafe { libc::pthread_join(handle, null_mut()) };
        assert_eq!(failed, 0, "pthread_join");
    }
}

#[derive(Clone, Copy)]
struct Work<'a> {
    body: &'a (dyn Fn(usize) + Sync),
    number: usize,
}

fn start(work: &Work<'_>) -> libc::pthread_t {
    let mut handle = 0;
    let argument = std::ptr::from_ref(work).cast_mut().cast();
    // SAFETY: `enter` is a function of the right type that does not unwind, and `work` outlives the
    // thread: `run` joins it.
    let failed = unsafe { libc::pthread_create(&raw mut handle, null(), enter, argument) };
    assert_eq!(failed, 0, "pthread_create");
    handle
}

extern "C" fn enter(work: *mut c_void) -> *mut c_void {
    // SAFETY: what `start` has passed: alive, and only read.
    let work = unsafe { &*work.cast::<Work<'_>>() };
    (work.body)(work.number);
    null_mut()
}

/// Where one thread leaves a value and another finds it.
pub(crate) struct Boxes<T>([AtomicPtr<T>; 8]);

impl<T> Boxes<T> {
    pub(crate) const fn new() -> Self {
        Self([const { AtomicPtr::new(null_mut()) }; 8])
    }

    /// Puts a value in, and takes out what was there.
    pub(crate) fn swap(&self, place: usize, value: Option<T>) -> Option<T> {
        let new = value.map_or(null_mut(), |value| Box::into_raw(Box::new(value)));
        let old = self.0[place % self.0.len()].swap(new, AcqRel);
        // SAFETY: made by `Box::into_raw`, and whoever takes it out of its place has it alone.
        (!old.is_null()).then(|| *unsafe { Box::from_raw(old) })
    }

    pub(crate) fn empty(&self) {
        for place in 0..self.0.len() {
            drop(self.swap(place, None));
        }
    }
}
