//! Waiting for a bounded pool: who is served, in which order, and what a cancelled wait leaves.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Waker};
use std::thread;

use thrifty::pool::{BufferPool, Pool, PoolConfig, PoolError, PooledBuf, StaticBufferPool};

use tokio::task::JoinSet;

use crate::script::Task;

const BLOCK: usize = 4096;
const WEIGHT: usize = BLOCK + 32;

/// A pool of so many blocks of 4 KiB, or as many smaller ones as fit.
fn pool_of(blocks: usize) -> BufferPool {
    BufferPool::new(config_of(blocks)).unwrap()
}

fn config_of(blocks: usize) -> PoolConfig {
    PoolConfig::new().max_bytes(blocks * WEIGHT).block_sizes(256, BLOCK)
}

type Acquire<'a> = Task<'a, Result<PooledBuf, PoolError>>;

fn waiting(pool: &BufferPool, min: usize) -> Acquire<'_> {
    Task::started(pool.acquire(min)).expect_err("it has to wait")
}

fn at_once(pool: &BufferPool, min: usize) -> Result<PooledBuf, PoolError> {
    Task::started(pool.acquire(min)).ok().expect("it need not wait")
}

/// In use for ever.
fn leak<T>(value: T) {
    let _ = ManuallyDrop::new(value);
}

/// Polls whoever was woken, until nobody is; tells who was served.
fn settle(line: &mut [Option<Acquire<'_>>]) -> Vec<(usize, PooledBuf)> {
    let mut served = Vec::new();
    while let Some(at) = line.iter().position(|task| task.as_ref().is_some_and(Task::is_woken)) {
        if let Some(result) = line[at].as_mut().unwrap().poll() {
            line[at] = None;
            served.push((at, result.unwrap()));
        }
    }
    served
}

#[test]
fn who_came_first_is_served_first() {
    let pool = pool_of(2);
    let mut held = vec![at_once(&pool, BLOCK).unwrap(), at_once(&pool, BLOCK).unwrap()];
    let mut line: Vec<_> = (0..5).map(|_| Some(waiting(&pool, BLOCK))).collect();
    assert!(settle(&mut line).is_empty());
    for expected in 0..5 {
        held.remove(0);
        let (at, buf) = settle(&mut line).pop().expect("what was dropped goes on");
        assert_eq!(at, expected);
        held.push(buf);
    }
    assert_eq!(pool.stats().misses, 2, "the same two blocks all the time");
}

/// Small requests do not keep a large one from ever being served.
#[test]
fn a_large_request_is_not_overtaken() {
    let pool = pool_of(1);
    let mut small: Vec<_> = (0..8).map(|_| at_once(&pool, 256).unwrap()).collect();
    let mut line = vec![Some(waiting(&pool, BLOCK)), Some(waiting(&pool, 256))];
    // There is room for a small one, which is nobody's yet.
    assert!(pool.stats().allocated_bytes + 288 < WEIGHT as u64);
    let exhausted = PoolError::Exhausted { limit: WEIGHT, requested: 256 };
    assert_eq!(pool.try_get(256).unwrap_err(), exhausted);
    let beside = pool.get(256);
    assert!(!beside.is_pooled(), "`get` does not overtake either");
    let mut last = small.pop().unwrap();
    last.resize(1000, 1);
    assert!(!last.is_pooled(), "nor does growing");
    drop(small);
    let served = settle(&mut line);
    assert_eq!((served.len(), served[0].0), (1, 0));
    drop(served);
    assert_eq!(settle(&mut line).len(), 1);
    drop((beside, last));
    assert!(pool.try_get(256).is_ok_and(|buf| buf.is_pooled()), "the line is gone");
}

/// A wait that ends at any point leaves nothing taken and keeps nobody waiting.
#[test]
fn a_cancelled_wait_passes_on_what_it_was_told() {
    for cancelled in 0..3 {
        for told in [false, true] {
            let pool = pool_of(1);
            let held = at_once(&pool, BLOCK).unwrap();
            let mut line: Vec<_> = (0..3).map(|_| Some(waiting(&pool, BLOCK))).collect();
            if told {
                drop(held);
                line[cancelled] = None;
            } else {
                line[cancelled] = None;
                drop(held);
            }
            for expected in (0..3).filter(|&at| at != cancelled) {
                let served = settle(&mut line);
                assert_eq!(served.len(), 1, "cancelled {cancelled}, told {told}");
                assert_eq!(served[0].0, expected);
            }
            assert_eq!(pool.stats().outstanding, 0);
            assert!(pool.try_get(BLOCK).is_ok());
        }
    }
}

#[test]
fn what_never_comes_is_not_waited_for() {
    let pool = pool_of(1);
    assert_eq!(at_once(&pool, BLOCK + 1).unwrap_err(), PoolError::TooLarge { max: BLOCK });
    let held = at_once(&pool, BLOCK).unwrap();
    let mut line: Vec<_> = (0..3).map(|_| waiting(&pool, BLOCK)).collect();
    // Not even in line.
    assert_eq!(at_once(&pool, BLOCK + 1).unwrap_err(), PoolError::TooLarge { max: BLOCK });
    pool.close();
    assert!(line.iter().all(Task::is_woken), "closing wakes all of them");
    for task in &mut line {
        assert_eq!(task.poll().unwrap().unwrap_err(), PoolError::Closed);
    }
    assert_eq!(at_once(&pool, BLOCK).unwrap_err(), PoolError::Closed);
    drop(held);
}

/// All ways on which bytes become free wake the first in line.
#[test]
fn every_way_back_is_noticed() {
    let ways: [fn(&BufferPool, PooledBuf); 5] = [
        |_, buf| drop(buf),
        |_, buf| drop(buf.freeze()),
        |_, buf| drop(buf.into_vec()),
        |_, mut buf| {
            buf.resize(2 * BLOCK, 0);
            assert!(!buf.is_pooled());
        },
        |_, buf| drop(thread::spawn(|| drop(buf)).join()),
    ];
    for thread_bytes in [0, 1 << 20] {
        for zeroize in [false, true] {
            for way in ways {
                let config = config_of(1).thread_bytes(thread_bytes).zeroize(zeroize);
                let pool = BufferPool::new(config).unwrap();
                let held = at_once(&pool, BLOCK).unwrap();
                let mut task = waiting(&pool, BLOCK);
                assert!(!task.is_woken());
                way(&pool, held);
                assert!(task.is_woken());
                assert!(task.poll().unwrap().is_ok());
            }
        }
    }
}

/// What lies idle in another thread comes along with its next drop, with a flush, and with its end.
#[test]
fn idle_blocks_of_other_threads() {
    let ways: [fn(&BufferPool, PooledBuf); 4] = [
        |_, buf| drop(buf),
        |pool, buf| {
            assert_eq!(pool.flush_thread(), 4 * WEIGHT);
            leak(buf);
        },
        |pool, buf| {
            // To stand in line is to hand over what is at hand.
            drop(waiting(pool, BLOCK));
            leak(buf);
        },
        // Nothing: the end of the thread is left.
        |_, buf| leak(buf),
    ];
    for (at, way) in ways.into_iter().enumerate() {
        // Half of the bytes may lie idle in threads, and a thread begins with room for four blocks.
        let pool = &pool_of(16);
        thread::scope(|scope| {
            let ((order, orders), (done, said)) = (channel(), channel());
            let other = scope.spawn(move || {
                let mut held: Vec<_> = (0..15).map(|_| pool.get(BLOCK)).collect();
                held.truncate(11);
                done.send(()).unwrap();
                orders.recv().unwrap();
                way(pool, held.pop().unwrap());
                held.into_iter().for_each(leak);
                done.send(()).unwrap();
                orders.recv().unwrap();
            });
            said.recv().unwrap();
            let mine = at_once(pool, BLOCK).unwrap();
            let mut line = vec![Some(waiting(pool, BLOCK)), Some(waiting(pool, BLOCK))];
            assert!(settle(&mut line).is_empty(), "out of reach, as is documented");
            assert_eq!(pool.stats().thread_bytes, 4 * WEIGHT as u64);
            order.send(()).unwrap();
            said.recv().unwrap();
            let idle = pool.stats().thread_bytes;
            order.send(()).unwrap();
            other.join().unwrap();
            assert_eq!(idle, if at == 3 { 4 * WEIGHT as u64 } else { 0 }, "way {at}");
            assert_eq!(pool.stats().thread_bytes, 0, "way {at}");
            // Both at once: the second one's turn comes with what the first has left.
            assert_eq!(settle(&mut line).len(), 2, "way {at}");
            drop(mine);
        });
    }
}

/// A thread that never used the pool before drops a buffer while somebody waits.
#[test]
fn the_first_drop_of_a_thread_is_noticed_too() {
    let pool = &pool_of(16);
    let mut held: Vec<_> = (0..16).map(|_| at_once(pool, BLOCK).unwrap()).collect();
    let mut task = waiting(pool, BLOCK);
    let buf = held.pop().unwrap();
    thread::scope(|scope| {
        let ((order, orders), (done, said)) = (channel(), channel());
        let other = scope.spawn(move || {
            drop(pool.get(256));
            drop(buf);
            done.send(()).unwrap();
            // Not before: the end of the thread would bring it.
            orders.recv().unwrap();
        });
        said.recv().unwrap();
        let told = task.is_woken();
        order.send(()).unwrap();
        other.join().unwrap();
        assert!(told);
    });
    assert!(task.poll().unwrap().is_ok());
}

/// Who has the turn takes one block, and leaves the others for those who stand behind.
#[test]
fn who_has_the_turn_takes_no_more_than_it_needs() {
    let pool = &pool_of(16);
    let mut held: Vec<_> = (0..16).map(|_| at_once(pool, BLOCK).unwrap()).collect();
    let mut first = waiting(pool, BLOCK);
    thread::scope(|scope| {
        let ((order, orders), (done, said)) = (channel(), channel());
        let other = scope.spawn(move || {
            let mut second = waiting(pool, BLOCK);
            done.send(()).unwrap();
            orders.recv().unwrap();
            assert!(second.is_woken());
            second.poll().expect("the first one has left it").unwrap()
        });
        said.recv().unwrap();
        held.truncate(14);
        let first = first.poll().expect("it stands first").unwrap();
        // Still held: its drop would wake the second.
        order.send(()).unwrap();
        drop(other.join().unwrap());
        drop(first);
    });
}

/// A pool that waits for nobody any more is as fast as before: buffers stay at hand.
#[test]
fn magazines_are_used_again_afterwards() {
    let pool = pool_of(16);
    let mut held: Vec<_> = (0..16).map(|_| at_once(&pool, BLOCK).unwrap()).collect();
    let mut line = vec![Some(waiting(&pool, BLOCK))];
    held.pop();
    held.extend(settle(&mut line).into_iter().map(|(_, buf)| buf));
    assert_eq!(pool.stats().thread_bytes, 0);
    drop(held);
    drop(pool.get(BLOCK));
    let before = pool.stats();
    assert!(before.thread_bytes > 0, "{before:?}");
    (0..100).for_each(|_| drop(pool.get(BLOCK)));
    assert_eq!(pool.stats().exchanges, before.exchanges);
    assert_eq!(pool.stats().hits, before.hits + 100);
}

/// A forgotten future is lost to its pool, not to the one that takes its place.
#[test]
fn a_forgotten_wait_harms_no_later_pool() {
    let pool = pool_of(1);
    let held = at_once(&pool, BLOCK).unwrap();
    (0..2).for_each(|_| leak(waiting(&pool, BLOCK)));
    drop(held);
    drop(pool);
    for _ in 0..200 {
        let pool = pool_of(1);
        let held = at_once(&pool, BLOCK).unwrap();
        let mut task = waiting(&pool, BLOCK);
        drop(held);
        assert!(task.poll().unwrap().is_ok());
        assert!(pool.try_get(BLOCK).is_ok());
    }
}

/// Threads that wait in earnest: each is served as often as it asks.
#[test]
fn threads_wait_for_each_other() {
    const THREADS: usize = 6;
    const ROUNDS: usize = 300;
    for thread_bytes in [0, 1 << 20] {
        let config = config_of(2).thread_bytes(thread_bytes);
        let (pool, most) = (&BufferPool::new(config).unwrap(), &AtomicUsize::new(0));
        let in_use = &AtomicUsize::new(0);
        thread::scope(|scope| {
            for seed in 0..THREADS {
                scope.spawn(move || {
                    let mut rng = fastrand::Rng::with_seed(seed as u64);
                    for _ in 0..ROUNDS {
                        let size = if rng.bool() { BLOCK } else { 256 };
                        let mut buf = block_on(pool.acquire(size)).unwrap();
                        most.fetch_max(in_use.fetch_add(buf.capacity(), Relaxed), Relaxed);
                        buf.extend_from_slice(&[1; 200]);
                        if rng.u8(..) < 20 {
                            thread::yield_now();
                        }
                        in_use.fetch_sub(buf.capacity(), Relaxed);
                        drop(buf);
                    }
                });
            }
        });
        assert!(most.load(Relaxed) < 2 * WEIGHT && pool.stats().high_water <= 2 * WEIGHT as u64);
        assert_eq!((pool.stats().outstanding, pool.stats().unpooled), (0, 0));
    }
}

/// On a runtime whose tasks move between threads, with buffers that are dropped elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_wait_for_each_other() {
    let pool = Arc::new(pool_of(3));
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        let pool = Arc::clone(&pool);
        tasks.spawn(async move {
            for round in 0..20 {
                let mut buf = pool.acquire(if task % 2 == 0 { BLOCK } else { 1000 }).await.unwrap();
                buf.push(1);
                tokio::task::yield_now().await;
                if round % 3 == 0 {
                    tokio::spawn(async move { drop(buf) });
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(pool.stats().unpooled, 0);
    assert!(pool.stats().high_water <= 3 * WEIGHT as u64);
}

#[test]
fn objects_are_waited_for_too() {
    let pool: Pool<Vec<u8>> = Pool::new().max_objects(1);
    let start = || Task::started(pool.acquire());
    let held = start().ok().expect("it need not wait").unwrap();
    let mut line: Vec<_> = (0..3).map(|_| start().expect_err("it has to wait")).collect();
    assert!(pool.try_get().is_err());
    drop(pool.get());
    assert_eq!(pool.stats().beside, 1, "`get` does not overtake");
    drop(held);
    line.remove(1);
    for mut task in line {
        assert!(task.is_woken());
        // What is taken out of the pool makes room for another one.
        drop(task.poll().unwrap().unwrap().detach());
    }
    assert_eq!((pool.stats().made, pool.stats().in_use), (2, 0));

    let none: Pool<Vec<u8>> = Pool::new().max_objects(0);
    assert_eq!(block_on(none.acquire()).unwrap_err().limit, 0);
}

/// A `make` that panics is the panic of who has the turn; the next one has it then.
#[test]
fn a_panic_passes_the_turn_on() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let pool: Pool<Vec<u8>> = Pool::with(|| {
        assert_ne!(MADE.fetch_add(1, Relaxed), 1, "the second one is not to be had");
        Vec::new()
    })
    .max_objects(1);
    let start = || Task::started(pool.acquire());
    let held = start().ok().expect("it need not wait").unwrap();
    let mut first = start().expect_err("it has to wait");
    let mut second = start().expect_err("it has to wait");
    drop(held.detach());
    assert!(catch_unwind(AssertUnwindSafe(|| first.poll())).is_err());
    assert!(second.is_woken());
    assert!(second.poll().unwrap().is_ok());
    assert_eq!(pool.stats().in_use, 0);
}

#[test]
fn pools_and_waits_may_go_everywhere() {
    fn all<T: Send + Sync>() {}
    fn send<T: Send>(value: T) -> T {
        value
    }
    all::<BufferPool>();
    all::<StaticBufferPool>();
    all::<Pool<Vec<u8>>>();
    let (pool, objects) = (pool_of(1), Pool::<Vec<u8>>::new());
    assert!(block_on(send(pool.acquire(1))).is_ok());
    assert!(block_on(send(objects.acquire())).is_ok());
}

/// On any thread, without a runtime.
fn block_on<R>(future: impl Future<Output = R>) -> R {
    struct Unpark(thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (mut future, mut context) = (pin!(future), Context::from_waker(&waker));
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
        thread::park();
    }
}
