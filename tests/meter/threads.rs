//! Counting is per thread, so tests that run at the same time do not disturb each other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use thrifty::meter::{measure, thread as this_thread};

#[test]
fn noise_on_other_threads_is_not_seen() {
    let quiet = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !quiet.load(Ordering::Relaxed) {
                    drop(std::hint::black_box(vec![1_u8; 333]));
                }
            });
        }
        for _ in 0..300 {
            let (text, usage) = measure(|| String::from("thirty bytes are what this has"));
            assert_eq!((usage.allocs, usage.bytes_allocated), (1, text.len() as u64));
        }
        quiet.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_free_counts_where_it_happens() {
    let sent: Vec<u8> = Vec::with_capacity(77);
    let (before, after) = thread::spawn(move || {
        let before = this_thread();
        drop(sent);
        (before, this_thread())
    })
    .join()
    .unwrap();
    assert_eq!(after.frees - before.frees, 1);
    assert_eq!(after.net_bytes() - before.net_bytes(), -77);
}

#[test]
fn a_thread_knows_its_own_peak() {
    let peak = thread::spawn(|| {
        let before = this_thread().net_bytes();
        drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
        i64::try_from(this_thread().peak_bytes).unwrap() - before
    })
    .join()
    .unwrap();
    assert!((1 << 20..(1 << 20) + 4096).contains(&peak), "{peak}");
}
