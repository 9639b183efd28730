//! Objects that come back against a list of plain ones, on one thread and on several.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use thrifty::pool::{Pool, PoolFull, Pooled, Reset};

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Get,
    TryGet,
    Push { which: usize, items: Vec<u32> },
    Return { which: usize },
    Detach { which: usize },
    Prewarm { count: usize },
    Trim { keep: usize },
    Flush,
}

fn op() -> impl Strategy<Value = Op> {
    let which = any::<usize>;
    prop_oneof![
        5 => Just(Op::Get),
        3 => Just(Op::TryGet),
        6 => (which(), vec(any::<u32>(), 0..40)).prop_map(|(which, items)| Op::Push { which, items }),
        6 => which().prop_map(|which| Op::Return { which }),
        1 => which().prop_map(|which| Op::Detach { which }),
        1 => (0..12_usize).prop_map(|count| Op::Prewarm { count }),
        1 => (0..12_usize).prop_map(|keep| Op::Trim { keep }),
        1 => Just(Op::Flush),
    ]
}

/// Bytes that a vector may keep.
const RETAIN: usize = 80;

/// An object in use, what must be in it, and whether it is beside the pool.
type Held = (Pooled<Vec<u32>>, Vec<u32>, bool);

#[derive(Default)]
struct Model {
    held: Vec<Held>,
    /// Objects of the pool, in use or idle, and of those the idle ones.
    all: usize,
    idle: usize,
    reused: u64,
    made: u64,
    beside: u64,
}

impl Model {
    fn run(&mut self, pool: &Pool<Vec<u32>>, limit: usize, op: Op) -> Result<(), TestCaseError> {
        match op {
            Op::Get | Op::TryGet if self.idle == 0 && self.all == limit => {
                if matches!(op, Op::Get) {
                    self.beside += 1;
                    self.hold(pool.get(), true)?;
                } else {
                    let full: PoolFull = pool.try_get().unwrap_err();
                    prop_assert_eq!(full.limit, limit);
                }
            }
            Op::Get | Op::TryGet => {
                if self.idle > 0 {
                    (self.idle, self.reused) = (self.idle - 1, self.reused + 1);
                } else {
                    (self.all, self.made) = (self.all + 1, self.made + 1);
                }
                let object =
                    if matches!(op, Op::Get) { pool.get() } else { pool.try_get().unwrap() };
                self.hold(object, false)?;
            }
            Op::Push { which, items } => {
                if let Some((object, model, _)) = self.pick(which) {
                    object.extend_from_slice(&items);
                    model.extend_from_slice(&items);
                }
            }
            Op::Return { which } => {
                if let Some((object, _, beside)) = self.take(which) {
                    match (beside, object.footprint() <= RETAIN) {
                        (true, _) => {}
                        (false, true) => self.idle += 1,
                        (false, false) => self.all -= 1,
                    }
                }
            }
            Op::Detach { which } => {
                if let Some((object, model, beside)) = self.take(which) {
                    prop_assert_eq!(object.detach(), model);
                    self.all -= usize::from(!beside);
                }
            }
            Op::Prewarm { count } => {
                let expected = count.saturating_sub(self.idle).min(limit - self.all);
                prop_assert_eq!(pool.prewarm(count), expected);
                self.all += expected;
                self.idle += expected;
                self.made += expected as u64;
            }
            Op::Trim { keep } => {
                let expected = self.idle.saturating_sub(keep);
                prop_assert_eq!(pool.trim(keep), expected);
                self.all -= expected;
                self.idle -= expected;
            }
            Op::Flush => {
                prop_assert!(pool.flush_thread() <= self.idle);
            }
        }
        let stats = pool.stats();
        let in_use = self.held.len() as u64;
        prop_assert_eq!((stats.in_use, stats.idle), (in_use, self.idle as u64));
        prop_assert_eq!((stats.reused, stats.made), (self.reused, self.made));
        prop_assert_eq!(stats.beside, self.beside);
        prop_assert!(self.held.iter().all(|(object, model, _)| **object == *model));
        Ok(())
    }

    fn hold(&mut self, object: Pooled<Vec<u32>>, beside: bool) -> Result<(), TestCaseError> {
        prop_assert!(object.is_empty(), "nothing of a former user");
        prop_assert!(object.capacity() * 4 <= RETAIN);
        self.held.push((object, Vec::new(), beside));
        Ok(())
    }

    fn pick(&mut self, which: usize) -> Option<&mut Held> {
        let at = which.checked_rem(self.held.len())?;
        self.held.get_mut(at)
    }

    fn take(&mut self, which: usize) -> Option<Held> {
        let at = which.checked_rem(self.held.len())?;
        Some(self.held.swap_remove(at))
    }
}

proptest! {
    #[test]
    fn a_pool_is_a_list_of_empty_objects(
        limit in 0..10_usize,
        at_hand in 0..6_usize,
        ops in vec(op(), 0..60),
    ) {
        run(limit, at_hand, ops)?;
    }
}

pub(crate) fn run(limit: usize, at_hand: usize, ops: Vec<Op>) -> Result<(), TestCaseError> {
    let pool = Pool::new().max_objects(limit).thread_objects(at_hand).retain(RETAIN);
    let mut model = Model::default();
    for op in ops {
        model.run(&pool, limit, op)?;
    }
    // Handles outlive their pool.
    drop(pool);
    prop_assert!(model.held.iter().all(|(object, expected, _)| **object == *expected));
    Ok(())
}

/// Counts the living ones.
struct Counted(&'static AtomicUsize);

impl Counted {
    fn new(alive: &'static AtomicUsize) -> Self {
        alive.fetch_add(1, Relaxed);
        Self(alive)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Reset for Counted {
    fn reset(&mut self) {}
}

#[test]
fn objects_go_round_between_threads_and_none_is_lost() {
    static ALIVE: AtomicUsize = AtomicUsize::new(0);
    static POOL: Pool<Counted> = Pool::with(|| Counted::new(&ALIVE)).max_objects(200);
    let (to, from) = mpsc::sync_channel::<Pooled<Counted>>(32);
    let producer = thread::spawn(move || {
        for _ in 0..2000 {
            to.send(POOL.get()).unwrap();
        }
    });
    let mut received = 0;
    for object in from {
        received += 1;
        drop(object);
    }
    producer.join().unwrap();
    let stats = POOL.stats();
    assert_eq!((received, stats.in_use), (2000, 0));
    assert_eq!(stats.idle, ALIVE.load(Relaxed) as u64, "no more than those that are idle");
    assert!(stats.made <= 200 && stats.reused >= 1800 - stats.beside, "{stats:?}");
    // The producer has ended: all of it is in reach.
    POOL.trim(0);
    assert_eq!((POOL.stats().idle, ALIVE.load(Relaxed)), (0, 0));
}

#[test]
fn a_thread_that_ends_leaves_its_objects_to_the_others() {
    static ALIVE: AtomicUsize = AtomicUsize::new(0);
    let pool = Pool::with(|| Counted::new(&ALIVE));
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let held: Vec<_> = (0..10).map(|_| pool.get()).collect();
            drop(held);
        });
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        thread.join().unwrap();
    });
    let all: Vec<_> = (0..10).map(|_| pool.get()).collect();
    assert_eq!((pool.stats().made, pool.stats().reused), (10, 10), "{:?}", pool.stats());
    drop(all);
    drop(pool);
    assert_eq!(ALIVE.load(Relaxed), 0);
}

#[test]
fn a_pool_that_is_dropped_takes_its_objects_along() {
    static ALIVE: AtomicUsize = AtomicUsize::new(0);
    let pool = Pool::with(|| Counted::new(&ALIVE)).max_objects(3);
    let (early, late, beside) = (pool.get(), pool.get(), [pool.get(), pool.get()]);
    drop(early);
    assert_eq!((ALIVE.load(Relaxed), pool.stats().beside), (4, 1));
    drop(pool);
    assert_eq!(ALIVE.load(Relaxed), 3, "those in use stay");
    drop(late);
    drop(beside);
    assert_eq!(ALIVE.load(Relaxed), 0, "and go when they are given back");
}

/// Many pools in the same places of the table: none sees the objects of another.
#[test]
fn pools_one_after_the_other_have_nothing_in_common() {
    let mut late = Vec::new();
    for round in 0..100_u32 {
        let pool: Pool<Vec<u32>> = Pool::new();
        let other: Pool<HashSet<u32>> = Pool::new();
        let mut numbers = pool.get();
        numbers.push(round);
        assert!(other.get().insert(round) && other.get().is_empty());
        late.push(numbers);
        assert_eq!((pool.stats().made, pool.stats().reused), (1, 0));
    }
    assert!(late.iter().zip(0..).all(|(numbers, round)| **numbers == [round]));
}

#[test]
fn it_works_in_destructors_of_thread_locals() {
    static POOL: Pool<String> = Pool::new();
    struct Late(Option<Pooled<String>>);
    impl Drop for Late {
        fn drop(&mut self) {
            drop(self.0.take());
            POOL.get().push_str("late");
        }
    }
    thread_local! {
        static BEFORE: std::cell::RefCell<Late> = const { std::cell::RefCell::new(Late(None)) };
        static AFTER: std::cell::RefCell<Late> = const { std::cell::RefCell::new(Late(None)) };
    }
    let ended = thread::spawn(|| {
        BEFORE.with_borrow_mut(|late| late.0 = Some(POOL.get()));
        drop(POOL.get());
        AFTER.with_borrow_mut(|late| late.0 = Some(POOL.get()));
    });
    assert!(ended.join().is_ok());
    assert_eq!(POOL.stats().in_use, 0);
}

/// `reset` and `drop` use the pool that they are called by.
#[test]
fn code_of_the_objects_may_use_the_pool_itself() {
    static POOL: Pool<Selfish> = Pool::new().max_objects(4).thread_objects(2).retain(0);
    #[derive(Default)]
    struct Selfish {
        inner: Option<Pooled<Selfish>>,
        large: bool,
    }
    impl Reset for Selfish {
        fn reset(&mut self) {
            self.inner = None;
            drop(POOL.get());
        }
        fn footprint(&self) -> usize {
            usize::from(self.large)
        }
    }
    impl Drop for Selfish {
        fn drop(&mut self) {
            if self.large {
                drop(POOL.try_get());
            }
        }
    }
    for large in [false, true, false] {
        let mut outer = POOL.get();
        outer.large = large;
        outer.inner = Some(POOL.get());
        outer.inner.as_mut().unwrap().inner = POOL.try_get().ok();
        drop(outer);
        assert_eq!(POOL.stats().in_use, 0);
    }
    POOL.trim(0);
    assert_eq!(POOL.stats().idle, 0);
}

#[test]
fn the_bound_of_idle_memory_is_held() {
    let pool: Pool<Vec<u8>> = Pool::new().max_objects(50).retain(1000);
    let pool = &pool;
    let burst = move |sizes: usize| {
        let mut held: Vec<_> = (0..100).map(|_| pool.get()).collect();
        for (at, object) in held.iter_mut().enumerate() {
            object.reserve_exact(at % sizes);
        }
    };
    thread::scope(|scope| {
        for sizes in [2000, 3000] {
            scope.spawn(move || (0..20).for_each(|_| burst(sizes)));
        }
    });
    assert!(pool.stats().idle <= 50);
    let idle: Vec<_> = std::iter::from_fn(|| pool.try_get().ok()).collect();
    let kept: usize = idle.iter().map(|object| object.capacity()).sum();
    assert!(idle.len() <= 50 && kept <= 50 * 1000, "{} objects, {kept} bytes", idle.len());
}

#[test]
fn a_handle_is_two_words_and_goes_everywhere() {
    #[derive(Default)]
    struct Sent(std::cell::Cell<u8>);
    impl Reset for Sent {
        fn reset(&mut self) {
            self.0.set(0);
        }
    }

    fn check<T: Send + Sync + 'static>() {}
    check::<Pool<HashMap<String, u32>>>();
    check::<Pooled<Vec<u8>>>();
    // A pool may be shared even if its objects may only be sent.
    check::<Pool<Sent>>();
    assert_eq!(size_of::<Pooled<Vec<u8>>>(), 16);
    assert_eq!(size_of::<Option<Pooled<Vec<u8>>>>(), 16);
}

#[test]
fn the_error_says_what_to_do() {
    let full = Pool::<String>::new().max_objects(0).try_get().unwrap_err();
    let text = full.to_string();
    assert!(text.starts_with("the pool's 0 objects are taken: ") && text.contains("max_objects"));
    assert_eq!(format!("{:?}", Pool::<String>::new().get()), "\"\"");
}
