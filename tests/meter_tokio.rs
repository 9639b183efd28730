//! Metered futures on a runtime whose tasks move between threads as it likes.

use std::alloc::System;
use std::future::{pending, poll_fn};
use std::hint::black_box;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use thrifty::meter::{MeterFutureExt, Metered, Usage, pause};
use tokio::runtime::{Builder, Handle};
use tokio::time::timeout;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn bytes(n: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(n))
}

/// Lets other tasks run. Tokio's own `yield_now` may allocate in the runtime, which would count.
async fn give_way() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Holds a block across each of `rounds` points where the task can move.
async fn work(rounds: usize) -> usize {
    let mut held = bytes(100);
    for round in 0..rounds {
        let scratch = bytes(1000 + round);
        give_way().await;
        drop(scratch);
        held.reserve_exact(held.capacity() + 10);
        give_way().await;
    }
    held.capacity()
}

#[track_caller]
fn assert_cost_of_work(usage: &Usage, rounds: usize) {
    let (n, held) = (rounds as u64, 100 + 10 * rounds as u64);
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (1 + n, n, 1 + n));
    let scratch = (0..n).map(|round| 1000 + round).sum::<u64>();
    assert_eq!(usage.bytes_allocated, held + scratch);
    assert_eq!(usage.bytes_freed, held + scratch);
    // The last round's scratch beside the block as it was then.
    assert_eq!(usage.peak_bytes, (held - 10) + 1000 + (n - 1));
}

/// A sink for the figures of an inspected future.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<Usage>>>);

impl Calls {
    fn note(&self) -> impl FnOnce(&Usage) + Send + use<> {
        let calls = self.clone();
        move |usage| pause(|| calls.0.lock().unwrap().push(*usage))
    }

    #[track_caller]
    fn only(&self) -> Usage {
        let calls = self.0.lock().unwrap();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls[0]
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_tasks_among_noisy_neighbours_are_exact() {
    let quiet = Arc::new(AtomicBool::new(false));
    let neighbours: Vec<_> = (0..4)
        .map(|n| {
            let quiet = Arc::clone(&quiet);
            tokio::spawn(async move {
                let mut kept = Vec::new();
                while !quiet.load(Ordering::Relaxed) {
                    kept.push(bytes(333 + n));
                    kept.truncate(10);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let rounds = 1 + n % 20;
            (rounds, tokio::spawn(async move { work(rounds).metered().await }))
        })
        .collect();
    for (rounds, task) in tasks {
        let (held, usage) = task.await.unwrap();
        assert_eq!(held, 100 + 10 * rounds);
        assert_cost_of_work(&usage, rounds);
    }
    quiet.store(true, Ordering::Relaxed);
    for neighbour in neighbours {
        neighbour.await.unwrap();
    }
}

/// Occupies whichever worker polls it, until the sender is dropped; says which one it is.
fn occupy_a_worker(runtime: &Handle) -> (ThreadId, Sender<()>) {
    let (release, released) = channel::<()>();
    let (here, occupied) = channel();
    runtime.spawn(async move {
        here.send(thread::current().id()).unwrap();
        let _ = released.recv();
    });
    (occupied.recv().unwrap(), release)
}

#[test]
fn a_task_that_moves_for_certain_is_exact() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let (parked, at) = channel::<(ThreadId, Waker)>();
    let moving = async move {
        let mut held = bytes(1000);
        for turn in 2..=4 {
            let mut waited = false;
            poll_fn(|context| {
                if std::mem::replace(&mut waited, true) {
                    return Poll::Ready(());
                }
                pause(|| parked.send((thread::current().id(), context.waker().clone())).unwrap());
                Poll::Pending
            })
            .await;
            drop(bytes(500));
            held = bytes(1000 * turn);
        }
        drop(held);
        thread::current().id()
    };
    let task = runtime.spawn(moving.metered());
    let (mut last, mut occupied) = (None, None);
    for _ in 0..3 {
        let (thread, waker) = at.recv().unwrap();
        assert_ne!(last.replace(thread), Some(thread), "it has moved");
        drop(occupied);
        // Of two workers the task's own is busy when it is woken: the other one goes on with it.
        let (first, release) = occupy_a_worker(runtime.handle());
        occupied = Some(if first == thread {
            release
        } else {
            let (second, own) = occupy_a_worker(runtime.handle());
            assert_eq!(second, thread);
            drop(release);
            own
        });
        waker.wake();
    }
    let (thread, usage) = runtime.block_on(task).unwrap();
    assert_ne!(last, Some(thread));
    drop(occupied);
    assert_eq!((usage.allocs, usage.frees, usage.bytes_allocated), (7, 7, 11_500));
    assert_eq!((usage.net_bytes(), usage.peak_bytes), (0, 7000));
}

/// Uses the heap in its first poll, which comes before any timeout is looked at, then waits for ever.
async fn stuck() {
    let _held = bytes(100);
    drop(bytes(20));
    let _more = bytes(3);
    pending::<()>().await;
}

#[track_caller]
fn assert_cost_of_stuck(usage: &Usage) {
    assert_eq!((usage.allocs, usage.frees, usage.bytes_allocated), (3, 1, 123));
    assert_eq!((usage.net_bytes(), usage.peak_bytes), (103, 120));
}

const SHORT: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_times_out_still_has_its_cost() {
    let calls = Calls::default();
    let request = tokio::spawn(timeout(SHORT, stuck().metered().inspect(calls.note())));
    assert!(request.await.unwrap().is_err());
    assert_cost_of_stuck(&calls.only());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_future_that_was_given_up_can_be_read() {
    let request = tokio::spawn(async {
        let mut request = pin!(stuck().metered());
        assert!(timeout(SHORT, request.as_mut()).await.is_err());
        tokio::select! {
            biased;
            _ = request.as_mut() => unreachable!(),
            () = tokio::time::sleep(SHORT) => {}
        }
        request.so_far()
    });
    assert_cost_of_stuck(&request.await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_is_aborted_still_has_its_cost() {
    let (calls, (waiting, waits)) = (Calls::default(), channel());
    let request = async move {
        let held = bytes(55);
        pause(|| waiting.send(()).unwrap());
        pending::<()>().await;
        drop(held);
    };
    let task = tokio::spawn(request.metered().inspect(calls.note()));
    tokio::task::spawn_blocking(move || waits.recv().unwrap()).await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!((calls.only().allocs, calls.only().net_bytes()), (1, 55));
}

/// Like [`work`], but ends at its await number `stop`, and stays there until it is cancelled.
async fn work_until(stop: usize, reached: Sender<()>) {
    let awaits = AtomicUsize::new(0);
    let wait = async || {
        if awaits.fetch_add(1, Ordering::Relaxed) == stop {
            pause(|| reached.send(()).unwrap());
            pending::<()>().await;
        }
        give_way().await;
    };
    let mut held = bytes(100);
    for round in 0..=stop {
        let scratch = bytes(1000 + round);
        wait().await;
        drop(scratch);
        held.reserve_exact(held.capacity() + 10);
        wait().await;
    }
}

/// Ten tasks, the nth of them cancelled where it waits for the nth time, with a metered future inside
/// of a metered one: both are billed once, for what was done up to there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_may_be_cancelled_at_every_await() {
    for stop in 0..10 {
        let (outer, inner, (reached, waits)) = (Calls::default(), Calls::default(), channel());
        let request = work_until(stop, reached).metered().inspect(inner.note());
        let task = tokio::spawn(request.metered().inspect(outer.note()));
        tokio::task::spawn_blocking(move || waits.recv().unwrap()).await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        let (usage, rounds) = (inner.only(), stop as u64 / 2);
        let done = rounds + stop as u64 % 2;
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), (2 + rounds, done, done));
        assert_eq!(outer.only(), usage);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_panics_still_has_its_cost() {
    let calls = Calls::default();
    let request = async {
        let held = bytes(55);
        give_way().await;
        pause(|| resume_unwind(Box::new(held.len())));
    };
    let task = tokio::spawn(request.metered().inspect(calls.note()));
    assert!(task.await.unwrap_err().is_panic());
    let usage = calls.only();
    assert_eq!((usage.allocs, usage.frees, usage.net_bytes()), (1, 1, 0));
}
