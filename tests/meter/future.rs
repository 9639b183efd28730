//! Futures, on an executor that follows a script: it polls on the threads it is told to.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::future::{Ready, pending, ready};
use std::hint::black_box;
use std::marker::{PhantomData, PhantomPinned};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use thrifty::meter::{
    InspectedFuture, MeterFutureExt, MeteredFuture, Scope, Usage, measure, pause,
};

fn bytes(n: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(n))
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Waits for one poll.
async fn pause_once() {
    let mut waited = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// All slots are free, and a new scope starts with a peak of its own.
fn assert_no_scope_is_open() {
    let scopes: Vec<Scope> = (0..128).map(|_| Scope::enter()).collect();
    drop(scopes);
    let ((), usage) = measure(|| drop(bytes(3)));
    assert_eq!((usage.allocs, usage.frees, usage.peak_bytes), (1, 1, 3));
}

/// What a scripted future does.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Allocates into the slot, and frees what was there.
    Fill(usize, usize),
    /// Grows the slot's block by reallocation, if it is full.
    Grow(usize, usize),
    Free(usize),
    /// Allocates and frees.
    Burst(usize),
    /// Allocates and frees, not to be counted.
    Hidden(usize),
    /// Ends the poll.
    Wait,
    Panic,
}

const SLOTS: usize = 4;

/// Does its steps, up to a `Wait` in each poll.
struct Scripted {
    steps: VecDeque<Step>,
    slots: [Vec<u8>; SLOTS],
}

impl Scripted {
    /// `held` is what each slot has from the beginning.
    fn new(steps: &[Step], held: [usize; SLOTS]) -> Self {
        Self { steps: steps.iter().copied().collect(), slots: held.map(bytes) }
    }
}

impl Future for Scripted {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        while let Some(step) = this.steps.pop_front() {
            match step {
                Step::Fill(slot, n) => this.slots[slot] = bytes(n),
                Step::Grow(slot, by) if this.slots[slot].capacity() > 0 => {
                    let block = &mut this.slots[slot];
                    block.reserve_exact(block.capacity() + by);
                }
                Step::Grow(..) => {}
                Step::Free(slot) => this.slots[slot] = Vec::new(),
                Step::Burst(n) => drop(bytes(n)),
                Step::Hidden(n) => pause(|| drop(bytes(n))),
                Step::Wait => return Poll::Pending,
                // What the panic itself allocates is the standard library's business.
                Step::Panic => pause(|| resume_unwind(Box::new(()))),
            }
        }
        Poll::Ready("done")
    }
}

/// What the meter must say, after each poll.
fn oracle(steps: &[Step], held: [usize; SLOTS]) -> Vec<Usage> {
    let mut usage = Usage::default();
    let mut slots = held.map(|n| n as u64);
    let mut after = Vec::new();
    for step in steps.iter().chain([&Step::Wait]) {
        let was = match *step {
            Step::Fill(slot, n) => {
                allocate(&mut usage, n as u64);
                std::mem::replace(&mut slots[slot], n as u64)
            }
            Step::Grow(slot, by) => {
                let old = slots[slot];
                if old > 0 {
                    slots[slot] = old + by as u64;
                    usage.reallocs += 1;
                    usage.bytes_kept += old;
                    usage.bytes_allocated += by as u64;
                    raise_peak(&mut usage);
                }
                0
            }
            Step::Free(slot) => std::mem::take(&mut slots[slot]),
            Step::Burst(n) => {
                allocate(&mut usage, n as u64);
                n as u64
            }
            Step::Hidden(_) => 0,
            Step::Wait | Step::Panic => {
                after.push(usage);
                0
            }
        };
        usage.frees += u64::from(was > 0);
        usage.bytes_freed += was;
    }
    after
}

fn allocate(usage: &mut Usage, n: u64) {
    usage.allocs += 1;
    usage.bytes_allocated += n;
    raise_peak(usage);
}

fn raise_peak(usage: &mut Usage) {
    usage.peak_bytes = usage.peak_bytes.max(u64::try_from(usage.net_bytes()).unwrap_or(0));
}

fn random_script(rng: &mut fastrand::Rng) -> (Vec<Step>, [usize; SLOTS]) {
    let steps = (0..rng.usize(0..40)).map(|_| {
        let (slot, n) = (rng.usize(0..SLOTS), rng.usize(1..2000));
        match rng.u8(0..8) {
            0 | 1 => Step::Fill(slot, n),
            2 => Step::Grow(slot, n),
            3 => Step::Free(slot),
            4 => Step::Burst(n),
            5 => Step::Hidden(n),
            _ => Step::Wait,
        }
    });
    let steps = steps.collect();
    (steps, [(); SLOTS].map(|()| if rng.bool() { rng.usize(1..2000) } else { 0 }))
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads that do what they are given, and allocate for themselves before and after.
struct Workers(Vec<Sender<Job>>);

impl Workers {
    fn new(n: usize) -> Self {
        let spawn = |seed| {
            let (sender, jobs) = channel::<Job>();
            thread::spawn(move || {
                let mut rng = fastrand::Rng::with_seed(seed);
                let mut noise = Vec::new();
                for job in jobs {
                    noise.push(bytes(rng.usize(1..5000)));
                    job();
                    noise.swap_remove(rng.usize(0..noise.len()));
                }
            });
            sender
        };
        Self((0..n as u64).map(spawn).collect())
    }

    /// Runs `f` on a worker; panics pass through.
    fn run<R: Send + 'static>(&self, worker: usize, f: impl FnOnce() -> R + Send + 'static) -> R {
        let (sender, result) = channel();
        let job = move || sender.send(catch_unwind(AssertUnwindSafe(f))).unwrap();
        self.0[worker].send(Box::new(job)).unwrap();
        result.recv().unwrap().unwrap_or_else(|payload| resume_unwind(payload))
    }

    /// Polls a future on a worker, and takes it back.
    fn poll<F>(&self, worker: usize, mut future: Pin<Box<F>>) -> (Pin<Box<F>>, Polled<F::Output>)
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.run(worker, move || {
            let polled = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut())));
            assert_no_scope_is_open();
            (future, polled)
        })
    }
}

type Polled<T> = Result<Poll<T>, Box<dyn Any + Send>>;

/// What the closure of an inspected future was called with.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<Usage>>>);

impl Calls {
    fn note(&self) -> impl FnOnce(&Usage) + Send + use<> {
        let calls = self.clone();
        move |usage| pause(|| calls.0.lock().unwrap().push(*usage))
    }

    #[track_caller]
    fn assert(&self, expected: &[Usage]) {
        assert_eq!(*self.0.lock().unwrap(), expected);
    }
}

#[test]
fn metering_itself_allocates_nothing() {
    let ((inner, called), usage) = measure(|| {
        let mut called = Usage::default();
        called.allocs = 9;
        let metered = poll(pin!(ready(7).metered()));
        let inspected = poll(pin!(ready(8).metered().inspect(|usage| called = *usage)));
        assert_eq!(inspected, Poll::Ready(8));
        (metered, called)
    });
    assert_eq!(inner, Poll::Ready((7, Usage::default())));
    assert_eq!((called, usage), (Usage::default(), Usage::default()));
}

#[test]
fn figures_are_exact_on_threads_that_change_at_each_poll() {
    let workers = Workers::new(3);
    let mut rng = fastrand::Rng::with_seed(1);
    let mut moves = 0;
    for _ in 0..300 {
        let (steps, held) = random_script(&mut rng);
        let expected = oracle(&steps, held);
        let mut future = Box::pin(Scripted::new(&steps, held).metered());
        let mut last = None;
        for (index, &so_far) in expected.iter().enumerate() {
            let worker = rng.usize(0..3);
            moves += usize::from(last.replace(worker).is_some_and(|last| last != worker));
            let polled;
            (future, polled) = workers.poll(worker, future);
            assert_eq!(future.so_far(), so_far, "poll {index} of {steps:?}, {held:?}");
            match polled.unwrap() {
                Poll::Pending => assert!(index + 1 < expected.len()),
                Poll::Ready(output) => {
                    assert_eq!(output, ("done", so_far));
                    assert_eq!(index + 1, expected.len());
                }
            }
        }
    }
    assert!(moves > 500, "{moves}");
}

#[test]
fn the_peak_is_that_of_all_polls_together() {
    let workers = Workers::new(4);
    let steps = [
        Step::Fill(0, 1000),
        Step::Wait,
        Step::Burst(500),
        Step::Wait,
        Step::Free(0),
        Step::Wait,
        Step::Burst(700),
    ];
    let mut future = Box::pin(Scripted::new(&steps, [0; SLOTS]).metered());
    for (worker, peak) in [1000, 1500, 1500, 1500].into_iter().enumerate() {
        (future, _) = workers.poll(worker, future);
        assert_eq!(future.so_far().peak_bytes, peak);
    }
    let usage = future.so_far();
    assert_eq!((usage.allocs, usage.frees, usage.bytes_allocated), (3, 3, 2200));
    assert_eq!(usage.net_bytes(), 0);
}

#[test]
fn what_was_live_before_is_not_in_the_peak() {
    let steps = [Step::Free(0), Step::Wait, Step::Burst(600), Step::Wait, Step::Burst(1001)];
    let mut future = pin!(Scripted::new(&steps, [1000, 0, 0, 0]).metered());
    for (net, peak) in [(-1000, 0), (-1000, 0), (-1000, 1)] {
        let _ = poll(future.as_mut());
        assert_eq!((future.so_far().net_bytes(), future.so_far().peak_bytes), (net, peak));
    }
}

/// A poll in each of which something is kept, freed and hidden.
const FOUR_POLLS: [Step; 12] = [
    Step::Fill(0, 100),
    Step::Burst(10),
    Step::Wait,
    Step::Grow(0, 50),
    Step::Fill(1, 30),
    Step::Hidden(4000),
    Step::Wait,
    Step::Free(0),
    Step::Burst(500),
    Step::Wait,
    Step::Fill(2, 1),
    Step::Free(1),
];

#[test]
fn dropped_after_each_poll_it_still_has_a_cost() {
    let workers = Workers::new(3);
    let expected = oracle(&FOUR_POLLS, [0; SLOTS]);
    assert_eq!(expected.len(), 4);
    for polls in 0..=4 {
        let calls = Calls::default();
        let scripted = Scripted::new(&FOUR_POLLS, [0; SLOTS]);
        let mut future = Box::pin(scripted.metered().inspect(calls.note()));
        for worker in 0..polls {
            let polled;
            (future, polled) = workers.poll(worker % 3, future);
            assert_eq!(polled.unwrap().is_ready(), worker == 3);
        }
        let so_far = if polls == 0 { Usage::default() } else { expected[polls - 1] };
        let called_early: &[Usage] = if polls == 4 { &[so_far] } else { &[] };
        calls.assert(called_early);
        workers.run(2, move || {
            drop(future);
            assert_no_scope_is_open();
        });
        calls.assert(&[so_far]);
    }
}

#[test]
fn a_panic_passes_through_each_poll_and_is_counted_up_to_there() {
    let workers = Workers::new(3);
    let expected = oracle(&FOUR_POLLS, [0; SLOTS]);
    let waits = (0..FOUR_POLLS.len()).filter(|&step| matches!(FOUR_POLLS[step], Step::Wait));
    for (index, at) in waits.chain([FOUR_POLLS.len()]).enumerate() {
        let mut steps = FOUR_POLLS[..at].to_vec();
        steps.push(Step::Panic);
        let calls = Calls::default();
        let scripted = Scripted::new(&steps, [0; SLOTS]);
        let mut future = Box::pin(scripted.metered().inspect(calls.note()));
        for worker in 0..=index {
            let polled;
            (future, polled) = workers.poll(worker % 3, future);
            assert_eq!(polled.is_err(), worker == index, "panic at poll {index}");
        }
        calls.assert(&[]);
        drop(future);
        calls.assert(&[expected[index]]);
    }
}

#[test]
fn metered_futures_nest() {
    let calls = Calls::default();
    let usage = Cell::new(Usage::default());
    let outer = async {
        let kept = bytes(100);
        pause_once().await;
        let inner = async {
            let held = bytes(20);
            pause_once().await;
            drop(bytes(30));
            drop(held);
        };
        let ((), inner_usage) = inner.metered().await;
        usage.set(inner_usage);
        let closure = |_: &Usage| drop(bytes(7));
        ready(()).metered().inspect(closure).await;
        drop(kept);
    };
    let mut outer = pin!(outer.metered().inspect(calls.note()));
    while poll(outer.as_mut()).is_pending() {
        drop(bytes(9999));
    }
    let inner = usage.get();
    assert_eq!((inner.allocs, inner.frees, inner.bytes_allocated), (2, 2, 50));
    assert_eq!(inner.peak_bytes, 50);
    let whole = calls.0.lock().unwrap()[0];
    assert_eq!((whole.allocs, whole.frees, whole.bytes_allocated), (4, 4, 157));
    assert_eq!(whole.peak_bytes, 150);
}

#[test]
fn a_metered_future_that_has_begun_can_still_be_inspected() {
    let calls = Calls::default();
    let expected = oracle(&FOUR_POLLS, [0; SLOTS]);
    let mut future = Scripted::new(&FOUR_POLLS, [0; SLOTS]).metered();
    assert!(poll(Pin::new(&mut future)).is_pending());
    let mut future = future.inspect(calls.note());
    assert!(format!("{future:?}").starts_with("InspectedFuture { so_far: Usage { allocs: 2,"));
    while poll(Pin::new(&mut future)).is_pending() {}
    calls.assert(&[expected[3]]);
}

#[test]
fn the_closure_is_not_called_again_when_the_future_is_polled_too_often() {
    let calls = Calls::default();
    let mut future = Box::pin(async {}.metered().inspect(calls.note()));
    assert!(poll(future.as_mut()).is_ready());
    let again = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut())));
    assert!(again.is_err());
    drop(future);
    calls.assert(&[Usage::default()]);
    assert_no_scope_is_open();
}

#[test]
fn the_closure_may_panic() {
    let closure = |_: &Usage| resume_unwind(Box::new("closure"));
    let mut future = Box::pin(ready(5).metered().inspect(closure));
    let unwound = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut())));
    assert_eq!(unwound.unwrap_err().downcast_ref(), Some(&"closure"));
    drop(future);

    let future = pending::<()>().metered().inspect(closure);
    let unwound = catch_unwind(AssertUnwindSafe(|| drop(future)));
    assert_eq!(unwound.unwrap_err().downcast_ref(), Some(&"closure"));
    assert_no_scope_is_open();
}

#[test]
fn a_future_dropped_by_unwinding_calls_its_closure_and_panics_no_second_time() {
    let calls = Calls::default();
    let unwound = catch_unwind(|| {
        let note = calls.note();
        let closure = move |usage: &Usage| {
            note(usage);
            resume_unwind(Box::new("closure"));
        };
        let steps = [Step::Fill(0, 44), Step::Panic];
        let future = Scripted::new(&steps, [0; SLOTS]).metered().inspect(closure);
        poll(pin!(future)).is_ready()
    });
    assert!(unwound.unwrap_err().is::<()>());
    calls.assert(&oracle(&[Step::Fill(0, 44)], [0; SLOTS]));
    assert_no_scope_is_open();
}

#[test]
#[should_panic(expected = "128 allocation scopes open, which is the limit")]
fn a_poll_fails_where_a_scope_does() {
    let _scopes: Vec<Scope> = (0..128).map(|_| Scope::enter()).collect();
    let _ = poll(pin!(ready(()).metered()));
}

/// Whether a type has a trait: the inherent constant is found before that of `No`.
macro_rules! has {
    ($type:ty: $trait:path) => {{
        #[allow(dead_code, reason = "one of the two is not used")]
        trait No {
            const HAS: bool = false;
        }
        impl<T> No for Probe<T> {}
        struct Probe<T>(PhantomData<T>);
        #[allow(dead_code, reason = "one of the two is not used")]
        impl<T: $trait> Probe<T> {
            const HAS: bool = true;
        }
        Probe::<$type>::HAS
    }};
}

/// Is never `Unpin`.
struct Pinned(PhantomPinned);

impl Future for Pinned {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let Self(PhantomPinned) = *self;
        Poll::Ready(())
    }
}

/// Whether an inspected future is `Unpin`, around one that is and one that is not, whatever `C` is.
fn of_closure<C: FnOnce(&Usage)>(_: &C) -> [bool; 2] {
    [has!(InspectedFuture<Ready<()>, C>: Unpin), has!(InspectedFuture<Pinned, C>: Unpin)]
}

#[test]
fn auto_traits_are_those_of_the_inner_future() {
    type Closure = fn(&Usage);
    macro_rules! check {
        ($($inner:ty: $send:literal $sync:literal $unpin:literal,)*) => {$(
            assert_eq!(has!($inner: Send), $send);
            assert_eq!(has!($inner: Sync), $sync);
            assert_eq!(has!($inner: Unpin), $unpin);
            assert_eq!(has!(MeteredFuture<$inner>: Send), $send);
            assert_eq!(has!(MeteredFuture<$inner>: Sync), $sync);
            assert_eq!(has!(MeteredFuture<$inner>: Unpin), $unpin);
            assert_eq!(has!(InspectedFuture<$inner, Closure>: Send), $send);
            assert_eq!(has!(InspectedFuture<$inner, Closure>: Sync), $sync);
            assert_eq!(has!(InspectedFuture<$inner, Closure>: Unpin), $unpin);
        )*};
    }
    check! {
        Ready<()>: true true true,
        Ready<Cell<u8>>: true false true,
        Ready<Rc<u8>>: false false true,
        Pinned: true true false,
    }

    assert_eq!(of_closure(&|_: &Usage| ()), [true, false]);
}

#[test]
fn it_is_as_large_as_it_says() {
    assert_eq!(size_of::<MeteredFuture<Ready<u64>>>(), size_of::<Ready<u64>>() + 56);
}
