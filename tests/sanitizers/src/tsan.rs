//! What our own atomics synchronise, for `ThreadSanitizer`: see `.ci/lane/tsan`.
//!
//! Each case lets threads write and read plain memory that only our atomics order: the blocks of a
//! pool, the header and buffer of a text, the counters of the meter. `tsan race` has a race on
//! purpose, and must be reported.

mod threads;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use threads::{Boxes, run};
use thrifty::heap::{self, ByEnv};
use thrifty::meter::{self, LenHistogram, Metered};
use thrifty::pool::{
    BufferPool, Pool, PoolConfig, Pooled, PooledBuf, PooledBytes, StaticBufferPool,
};
use thrifty::share::Str;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const THREADS: usize = 4;

const CASES: &[(&str, fn())] = &[
    ("buffers change hands", buffers_change_hands),
    ("frozen buffers are read, and written again", frozen_buffers_are_read_and_written_again),
    ("a pool is closed under way", a_pool_is_closed_under_way),
    ("threads end and leave their magazines", threads_end_and_leave_their_magazines),
    ("objects change hands", objects_change_hands),
    ("first clones at once", first_clones_at_once),
    ("the last handle frees", the_last_handle_frees),
    ("the only handle writes", the_only_handle_writes),
    ("threads are counted while one looks", threads_are_counted_while_one_looks),
    ("lengths are recorded by all", lengths_are_recorded_by_all),
    ("one of many chooses the allocator", one_of_many_chooses_the_allocator),
];

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("race") => {
            race();
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("no case {other:?}: there is `race`");
            return ExitCode::FAILURE;
        }
    }
    for (name, case) in CASES {
        println!("{name}");
        case();
    }
    println!("{} cases, {THREADS} threads", CASES.len());
    ExitCode::SUCCESS
}

/// The pool's bounds are small: blocks go through the depot all the time.
///
/// A pool in a static opens itself by std's `OnceLock`, whose store was compiled without the
/// sanitizer: each is opened by a `prewarm` before there are threads.
const SMALL: PoolConfig =
    PoolConfig::new().max_bytes(1 << 20).thread_bytes(16 << 10).block_sizes(64, 4096);

/// What one owner of a block writes into it, and another one does not.
fn mark(number: usize) -> u8 {
    number.to_le_bytes()[0]
}

fn fill(buf: &mut PooledBuf, len: usize, mark: u8) {
    buf.resize(len, mark);
    assert!(buf.iter().all(|&byte| byte == mark));
}

fn buffers_change_hands() {
    static POOL: StaticBufferPool = BufferPool::new_static(SMALL);
    static BOXES: Boxes<(PooledBuf, u8)> = Boxes::new();
    POOL.prewarm(1, 64);
    run(THREADS, |number| {
        for round in 0..2_000 {
            let mark = mark(number * 61 + round);
            let len = 1 + (round * 37) % 3000;
            let mut buf = POOL.get(len);
            fill(&mut buf, len, mark);
            if let Some((other, mark)) = BOXES.swap(round, Some((buf, mark))) {
                assert!(other.iter().all(|&byte| byte == mark));
            }
        }
    });
    BOXES.empty();
    let stats = POOL.stats();
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
}

/// A block is written again as soon as the last of its readers has let go, whoever that was.
fn frozen_buffers_are_read_and_written_again() {
    static POOL: StaticBufferPool = BufferPool::new_static(SMALL);
    static BOXES: Boxes<(PooledBytes, u8)> = Boxes::new();
    POOL.prewarm(1, 64);
    run(THREADS, |number| {
        for round in 0..2_000 {
            let mark = mark(number * 89 + round);
            let mut buf = POOL.get(500);
            fill(&mut buf, 500, mark);
            let bytes = buf.freeze();
            let others = BOXES.swap(round, Some((bytes.slice(100..), mark)));
            for (bytes, mark) in others.into_iter().chain([(bytes, mark)]) {
                assert!(bytes.iter().all(|&byte| byte == mark));
                if let Ok(mut alone) = bytes.try_into_mut() {
                    alone.clear();
                    fill(&mut alone, 300, !mark);
                }
            }
        }
    });
    BOXES.empty();
    assert_eq!(POOL.stats().outstanding, 0);
}

fn a_pool_is_closed_under_way() {
    for round in 0..50 {
        let pool = BufferPool::new(SMALL).expect("the bounds fit");
        let boxes = Boxes::new();
        run(THREADS, |number| {
            for step in 0..40 {
                let mut buf = pool.get(200);
                fill(&mut buf, 200, mark(number + step));
                drop(boxes.swap(step, Some(buf)));
                if number == 0 && step == round % 40 {
                    pool.close();
                }
            }
        });
        drop(pool);
        boxes.empty();
    }
}

fn threads_end_and_leave_their_magazines() {
    static POOL: StaticBufferPool = BufferPool::new_static(SMALL);
    POOL.prewarm(1, 64);
    POOL.flush_thread();
    for round in 0..100 {
        run(2, |number| {
            let mut held: Vec<_> = (0..8).map(|_| POOL.get(1000)).collect();
            for buf in &mut held {
                fill(buf, 1000, mark(round + number));
            }
            if number == 0 {
                POOL.trim(4 << 10);
            } else {
                POOL.flush_thread();
            }
        });
    }
    let stats = POOL.stats();
    assert_eq!((stats.outstanding, stats.thread_bytes), (0, 0), "{stats:?}");
}

fn objects_change_hands() {
    static POOL: Pool<Vec<usize>> = Pool::new().max_objects(32).thread_objects(4);
    static BOXES: Boxes<Pooled<Vec<usize>>> = Boxes::new();
    POOL.prewarm(1);
    run(THREADS, |number| {
        for round in 0..2_000 {
            let Ok(mut object) = POOL.try_get() else {
                drop(BOXES.swap(round, None));
                continue;
            };
            assert!(object.is_empty());
            object.extend([number; 20]);
            if let Some(other) = BOXES.swap(round, Some(object)) {
                assert!(other.iter().all(|item| *item == other[0]));
            }
        }
    });
    BOXES.empty();
    assert_eq!(POOL.stats().in_use, 0);
}

/// A text longer than what fits inline, without spare room: its header is made by the first clone.
fn long_text(number: usize) -> String {
    let mut text = format!("a text that is long enough to be shared, number {number}");
    text.shrink_to_fit();
    text
}

fn first_clones_at_once() {
    for round in 0..300 {
        let text = Str::from(long_text(round));
        run(THREADS, |number| {
            let clone = text.clone();
            let part = clone.slice(10 + number..);
            assert_eq!(part.as_str(), &text.as_str()[10 + number..]);
        });
        assert!(text.is_unique());
    }
}

fn the_last_handle_frees() {
    static BOXES: Boxes<Str> = Boxes::new();
    run(THREADS, |number| {
        for round in 0..2_000 {
            let text = Str::from(long_text(round * THREADS + number));
            let (one, two) = (text.slice(2..30), text.clone());
            drop(text);
            drop(BOXES.swap(round, Some(two)));
            if let Some(other) = BOXES.swap(round + 1, Some(one)) {
                assert!(other.contains("text"));
            }
        }
    });
    BOXES.empty();
}

fn the_only_handle_writes() {
    static BOXES: Boxes<Str> = Boxes::new();
    run(THREADS, |number| {
        for round in 0..2_000 {
            let text = Str::from(long_text(round * THREADS + number));
            let old = BOXES.swap(round, Some(text.clone()));
            // Alone or not, depending on how far the others are.
            for mut mine in [Some(text), old].into_iter().flatten() {
                mine.make_mut().make_ascii_uppercase();
                let string = mine.into_string();
                assert!(string.starts_with("A TEXT"));
            }
        }
    });
    BOXES.empty();
}

fn threads_are_counted_while_one_looks() {
    let before = meter::process();
    for _ in 0..100 {
        run(THREADS, |number| {
            for _ in 0..20 {
                drop(black_box(vec![number; 10]));
            }
            let now = meter::process();
            assert!(now.allocs - before.allocs >= 20);
        });
    }
    let after = meter::process();
    assert!(after.allocs - before.allocs >= 100 * 20 * THREADS as u64);
}

fn lengths_are_recorded_by_all() {
    static LENGTHS: LenHistogram = LenHistogram::new();
    run(THREADS, |number| {
        for len in 0..1_000 {
            LENGTHS.record(len + number);
        }
    });
    assert_eq!(LENGTHS.count(), 1_000 * THREADS as u64);
}

/// The first requests of several threads at once, before anybody has chosen.
fn one_of_many_chooses_the_allocator() {
    static CHOOSING: ByEnv = ByEnv::new("THRIFTY_SANITIZERS_ALLOC");
    static AGREED: AtomicUsize = AtomicUsize::new(0);
    run(THREADS, |number| {
        let layout = Layout::array::<u8>(100).expect("100 bytes");
        // SAFETY: the size is not 0.
        let block = unsafe { CHOOSING.alloc(layout) };
        assert!(!block.is_null());
        // SAFETY: a block of 100 bytes that is this thread's.
        unsafe { block.write_bytes(mark(number), 100) };
        // SAFETY: made above with the same layout.
        unsafe { CHOOSING.dealloc(block, layout) };
        let selection = heap::selection().expect("just chosen");
        AGREED.fetch_add(usize::from(selection.backend() == heap::Backend::System), Relaxed);
    });
    assert_eq!(AGREED.load(Relaxed), THREADS);
}

/// The seeded bug: an item is written by all, and nothing orders them.
fn race() {
    struct Unguarded(UnsafeCell<usize>);
    // SAFETY: it is not: that is the bug. The process ends with the report.
    unsafe impl Sync for Unguarded {}
    static ITEM: Unguarded = Unguarded(UnsafeCell::new(0));
    run(THREADS, |number| {
        for _ in 0..1_000 {
            // SAFETY: none, see above.
            unsafe { ITEM.0.get().write_volatile(number) };
        }
    });
}
