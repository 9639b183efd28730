//! The allocator that says no: one thread, one plan, one closure.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::hint::black_box;
use core::marker::PhantomData;
use core::ptr;
use std::alloc::System;
use std::thread::{self, LocalKey};

/// A global allocator that refuses chosen requests of the current thread.
///
/// It hands every call on to `A`. Only while [`with`] or [`sweep`](super::sweep) runs a closure
/// does it number the requests of that thread and answer those of the plan with null, as an
/// allocator does that has run out of memory. Put it into test binaries; leave it out of programs
/// that ship.
///
/// ```text
///  alloc, alloc_zeroed, realloc            dealloc
///        |                                    |
///   armed on this thread? -- no --------------+--> the same method of A
///        | yes                                |
///   number of the request in the plan? - no --+
///        | yes
///      null: a new block is not made, a block to be resized stays as it is
/// ```
///
/// - **Idle cost:** one thread-local load and one predictable branch a call.
/// - **It never allocates, panics or locks:** its state is a constant thread-local without `Drop`.
///   That wants a target whose thread-locals are native, as on Linux, macOS and Windows.
/// - **Other threads** never notice; a thread started inside the closure is another thread.
/// - **While the thread panics nothing is refused**, so that a failed assertion inside the closure
///   can still print its text.
///
/// It composes: `Failing<A>` may hold or be held by any other wrapper.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use thrifty::fault::{self, Fail, Failing};
///
/// #[global_allocator]
/// static ALLOC: Failing<System> = Failing::new(System);
///
/// let mut list = vec![1, 2, 3];
/// let run = fault::with(Fail::Nth(1), || list.try_reserve(100));
/// assert!(run.value.is_err());
/// assert_eq!(run.failed, 1);
/// assert_eq!(list, [1, 2, 3]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Failing<A = System> {
    inner: A,
}

impl<A> Failing<A> {
    /// Wraps the allocator `inner`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::alloc::System;
    /// use thrifty::fault::Failing;
    ///
    /// #[global_allocator]
    /// static ALLOC: Failing<System> = Failing::new(System);
    ///
    /// assert_eq!(size_of_val(&ALLOC), 0);
    /// ```
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

// INVARIANTS
// I1: each method either calls the same method of `inner` once with its own arguments and returns
//     that answer, or (not `dealloc`) returns null and calls nothing.
// I2: so every block in the hands of a caller came from `inner`, with the layout the caller holds.
// I3: the code around the call touches plain `Cell`s of this thread only: it cannot allocate,
//     unwind or reach an allocator again.

#[expect(
    clippy::redundant_closure,
    reason = "`move || ask()` is a copy that the cold branch makes for itself; handing over `ask` \
              would store its captures before the branch, on the idle path too"
)]
// SAFETY: by I1 and I2 a block is what `inner`, itself a `GlobalAlloc`, makes of it; null is an
// answer that the trait allows for each of the three requests, and after it a block given to
// `realloc` is untouched, since nothing was called. By I3 no method unwinds unless `inner` does,
// which its own contract forbids.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Failing<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises what `alloc` asks for, a layout of non-zero size; it is
        // passed on unchanged (I1).
        let ask = move || unsafe { self.inner.alloc(layout) };
        if watching() { watched(layout.size(), 0, move || ask()) } else { ask() }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises what `alloc_zeroed` asks for, a layout of non-zero size; it
        // is passed on unchanged (I1).
        let ask = move || unsafe { self.inner.alloc_zeroed(layout) };
        if watching() { watched(layout.size(), 0, move || ask()) } else { ask() }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises a live block of this allocator with this layout, which by I2
        // is a live block of `inner` with this layout, and a `new_size` that is neither zero nor
        // overflows when rounded up to the alignment; all three are passed on unchanged (I1).
        let ask = move || unsafe { self.inner.realloc(block, layout, new_size) };
        if watching() { watched(new_size, layout.size(), move || ask()) } else { ask() }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if watching() {
            account(0, layout.size());
        }
        // SAFETY: the caller promises a live block of this allocator with this layout, which by I2
        // is a live block of `inner` with this layout; both are passed on unchanged (I1).
        unsafe { self.inner.dealloc(block, layout) }
    }
}

/// Which requests fail; they are counted from 1.
///
/// A request is a call of `alloc`, `alloc_zeroed` or `realloc`, also one that shrinks a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fail {
    /// The nth request only: code that asks again is served. `Nth(0)` fails none, it only counts.
    Nth(u64),
    /// The nth request and all later ones: memory has run out and stays out.
    From(u64),
    /// Every request for more than so many bytes: small ones are served, large ones are not.
    Above(usize),
    /// One request in `1000 / per_mille`, by a random number that `seed` begins: the same seed and
    /// the same work fail at the same requests. For work too long to sweep; try several seeds.
    Seeded {
        /// Where the random numbers begin.
        seed: u64,
        /// Requests of a thousand that fail: 0 none, 1000 all.
        per_mille: u16,
    },
}

impl Fail {
    /// Whether the request of this number, for so many bytes, fails.
    fn refuses(self, number: u64, size: usize) -> bool {
        match self {
            Self::Nth(nth) => number == nth,
            Self::From(first) => number >= first,
            Self::Above(most) => size > most,
            Self::Seeded { seed, per_mille } => {
                mix(seed.wrapping_add(mix(number))) % 1000 < u64::from(per_mille)
            }
        }
    }
}

/// The finaliser of `SplitMix64`: each bit of the answer hangs on each bit of the number.
fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ number >> 31
}

/// Runs `f` on this thread while the requests of `plan` fail.
///
/// Look at [`Run::failed`] too: a plan whose request never came has tested nothing. To try every
/// request in turn take [`sweep`](super::sweep) instead.
///
/// Only code that asks for memory with a way to say no (`try_reserve` and its like) returns from a
/// failed request. `Vec::push`, `Box::new` and all other infallible calls end in
/// [`handle_alloc_error`](std::alloc::handle_alloc_error), which aborts the process: keep them out
/// of the closure, or take [`sweep_infallible`](super::sweep_infallible).
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// If [`Failing`] is not part of the program's global allocator, and if this thread is inside
/// another [`with`] or [`sweep`](super::sweep): plans do not nest. A panic of `f` passes through,
/// and the plan ends with it.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use thrifty::fault::{self, Fail, Failing};
///
/// #[global_allocator]
/// static ALLOC: Failing<System> = Failing::new(System);
///
/// // Out of memory from the second request on.
/// let run = fault::with(Fail::From(2), || {
///     let mut name = String::new();
///     let mut list: Vec<u8> = Vec::new();
///     (name.try_reserve(10).is_ok(), list.try_reserve(10).is_ok(), list.try_reserve(1).is_ok())
/// });
/// assert_eq!(run.value, (true, false, false));
/// assert_eq!((run.requests, run.failed), (3, 2));
/// ```
#[track_caller]
pub fn with<R>(plan: Fail, f: impl FnOnce() -> R) -> Run<R> {
    let watch = Watch::begin(plan);
    let value = f();
    Run { value, requests: watch.requests(), failed: watch.failed(), held: watch.live() }
}

/// What [`with`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a plan whose request never came has tested nothing: look at `failed`"]
#[non_exhaustive]
pub struct Run<R> {
    /// What the closure returned.
    pub value: R,
    /// Requests of this thread during the closure, refused ones included.
    pub requests: u64,
    /// How many of them were refused.
    pub failed: u64,
    /// Bytes that this thread took during the closure and did not give back, `value` included;
    /// negative if it gave back more than it took.
    pub held: isize,
}

/// The numbers of one thread. Plain cells: nothing here can allocate, unwind or run at thread exit.
struct State {
    watching: Cell<bool>,
    plan: Cell<Fail>,
    requests: Cell<u64>,
    failed: Cell<u64>,
    /// Bytes made minus bytes freed, wrapping: a block from before may be freed now.
    live: Cell<usize>,
}

thread_local! {
    static STATE: State = const {
        State {
            watching: Cell::new(false),
            plan: Cell::new(Fail::Nth(0)),
            requests: Cell::new(0),
            failed: Cell::new(0),
            live: Cell::new(0),
        }
    };
}

#[inline]
fn watching() -> bool {
    STATE.try_with(|state| state.watching.get()).unwrap_or(false)
}

/// A request on a thread that is being watched.
#[cold]
#[inline(never)]
fn watched(gained: usize, given_up: usize, ask: impl FnOnce() -> *mut u8) -> *mut u8 {
    if refuses(gained) {
        return ptr::null_mut();
    }
    let block = ask();
    if !block.is_null() {
        account(gained, seeded!(given_up, "failing-resize-weighed-twice" => 0));
    }
    block
}

/// Numbers the request and looks it up in the plan.
fn refuses(size: usize) -> bool {
    // The panic machinery's own requests are neither counted nor refused: without the text of a
    // failed assertion nobody could tell why a test aborted.
    if seeded!(thread::panicking(), "failing-a-panics-own-requests" => false) {
        return false;
    }
    STATE
        .try_with(|state| {
            let number = state.requests.get() + 1;
            state.requests.set(number);
            let refused = state.plan.get().refuses(number, size);
            state.failed.set(state.failed.get() + u64::from(refused));
            refused
        })
        .unwrap_or(false)
}

#[cold]
fn account(gained: usize, given_up: usize) {
    // An error would mean that the thread has lost its numbers; then nobody is left to read them.
    let _ = STATE.try_with(|state| {
        state.live.set(state.live.get().wrapping_add(gained).wrapping_sub(given_up));
    });
}

/// Runs `f`, a piece of this room's own bookkeeping, out of the sight of any plan.
pub(super) fn unwatched<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            STATE.with(|state| state.watching.set(self.0));
        }
    }
    let _restore = Restore(STATE.with(|state| state.watching.replace(false)));
    f()
}

/// The right to arm this thread; ends the watch when dropped, also by unwinding.
pub(super) struct Watch {
    state: &'static LocalKey<State>,
    /// The numbers are this thread's.
    _not_send: PhantomData<*const ()>,
}

impl Watch {
    /// Numbers this thread's requests from 1, weighs them, and refuses those of `plan`.
    #[track_caller]
    pub(super) fn begin(plan: Fail) -> Self {
        assert!(
            !watching(),
            "thrifty::fault: this thread is already inside `fault::with` or `fault::sweep`, \
             and plans do not nest: leave the outer one first"
        );
        let watch = Self { state: &STATE, _not_send: PhantomData };
        watch.restart(Fail::Nth(0));
        STATE.with(|state| state.watching.set(true));
        drop(black_box(Box::new(0_u8)));
        let installed = watch.requests() > 0;
        assert!(seeded!(installed, "failing-silent-without-it" => true), "{NOT_INSTALLED}");
        watch.restart(plan);
        watch
    }

    /// From here on no request fails; numbers and weights go on.
    pub(super) fn disarm(&self) {
        self.state.with(|state| state.plan.set(Fail::Nth(0)));
    }

    pub(super) fn requests(&self) -> u64 {
        self.state.with(|state| state.requests.get())
    }

    pub(super) fn failed(&self) -> u64 {
        self.state.with(|state| state.failed.get())
    }

    /// Bytes that this thread made and did not free; negative if it freed more.
    pub(super) fn live(&self) -> isize {
        self.state.with(|state| state.live.get().cast_signed())
    }

    fn restart(&self, plan: Fail) {
        self.state.with(|state| {
            state.plan.set(plan);
            state.requests.set(0);
            state.failed.set(0);
            state.live.set(0);
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.state.with(|state| state.watching.set(false));
    }
}

const NOT_INSTALLED: &str = "\
thrifty::fault: `Failing` is not this program's global allocator, so no request can fail and \
nothing would be tested. Install it in the main file of the test binary:

    #[global_allocator]
    static ALLOC: thrifty::fault::Failing<std::alloc::System> =
        thrifty::fault::Failing::new(std::alloc::System);
";
