//! What a second thread costs the first: the same work on one thread alone, and on two at once.

use core::hint::{black_box, spin_loop};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use crate::cases::Entry;
use crate::time::{as_float, batch_size, nanoseconds};

/// The shortest time that a thread runs alone in one round: hundreds of times what the threads
/// start apart, and short enough that many rounds are over before a busy system takes a core away.
const BATCH: Duration = Duration::from_micros(200);
/// How many times a thread looks in one batch whether another one has finished.
const LOOKS: u64 = 64;
/// How much of the longer run both threads have to be running.
const OVERLAP: f64 = 0.9;
/// A round is repeated if the threads did not overlap, but not for ever.
const ATTEMPTS: usize = 10;

/// Keeps the thread that calls it on the core that it stands for; false if that is refused.
pub type Pin<'a> = &'a (dyn Fn() -> bool + Sync);

/// When one thread ran, and how many operations it did.
type Span = ([Instant; 2], u64);

/// Nanoseconds for each operation, one row a round: on each of two threads at once, on one alone.
///
/// Every round runs the first thread alone, both at once, and the second alone, so that neither a
/// faster core nor a change of the machine's speed is taken for a cost of the other thread.
///
/// # Errors
///
/// If a thread cannot be pinned, or if the threads overlap in too few rounds.
pub fn sample(entry: &Entry, rounds: usize, pins: [Pin<'_>; 2]) -> Result<Vec<[f64; 2]>, String> {
    let ops = batch_size(entry, BATCH);
    let each = |spans: &[Span]| {
        let time: Duration = spans.iter().map(|([start, end], _)| *end - *start).sum();
        nanoseconds(time) / as_float(spans.iter().map(|(_, done)| done).sum())
    };
    let mut rows = Vec::with_capacity(rounds);
    for _ in 0..ATTEMPTS * rounds {
        let [first, both, second] =
            [&pins[..1], &pins[..], &pins[1..]].map(|pins| at_once(entry, ops, pins));
        let both = both?;
        if overlap(&both) >= OVERLAP {
            rows.push([each(&both), each(&[first?, second?].concat())]);
        }
        if rows.len() == rounds {
            return Ok(rows);
        }
    }
    let tries = ATTEMPTS * rounds;
    Err(format!("the two threads overlapped in {} of {tries} rounds only", rows.len()))
}

/// Runs the operation on a thread for each pin, all of which start at the same moment and end when
/// the first of them has done as many as it should: what they fight for may go to one of them more
/// often, and the other would do the rest of its work alone.
fn at_once(entry: &Entry, ops: u64, pins: &[Pin<'_>]) -> Result<Vec<Span>, String> {
    let (awake, ready) = (Barrier::new(pins.len()), AtomicUsize::new(0));
    let finished = AtomicBool::new(false);
    let run = |pin: Pin<'_>| {
        let pinned = pin();
        // The first allocations of a thread cost more.
        (entry.run)(black_box(ops / 8));
        awake.wait();
        // A barrier wakes one thread after the other.
        ready.fetch_add(1, Ordering::AcqRel);
        while ready.load(Ordering::Acquire) < pins.len() {
            spin_loop();
        }
        let start = Instant::now();
        let mut done = 0;
        while done < ops && !finished.load(Ordering::Relaxed) {
            let some = ops.div_ceil(LOOKS);
            (entry.run)(black_box(some));
            done += some;
        }
        let end = Instant::now();
        finished.store(true, Ordering::Relaxed);
        let span = ([start, end], done);
        if pinned { Ok(span) } else { Err("a thread cannot be kept on a core".to_owned()) }
    };
    thread::scope(|scope| {
        #[expect(clippy::needless_collect, reason = "all of them run before one is waited for")]
        let threads: Vec<_> = pins.iter().map(|&pin| scope.spawn(move || run(pin))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no case panics")).collect()
    })
}

/// The part of the longest run during which all of them were running.
fn overlap(spans: &[Span]) -> f64 {
    let start = spans.iter().map(|([start, _], _)| *start).max();
    let end = spans.iter().map(|([_, end], _)| *end).min();
    let longest = spans.iter().map(|([start, end], _)| *end - *start).max();
    let (Some(start), Some(end), Some(longest)) = (start, end, longest) else { return 0.0 };
    end.saturating_duration_since(start).div_duration_f64(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: [Pin<'_>; 2] = [&|| true, &|| true];

    fn entry(run: fn(u64)) -> Entry {
        Entry { case: "case", name: "name", run, result: Vec::new }
    }

    fn sleep(milliseconds: u64) {
        thread::sleep(Duration::from_millis(milliseconds));
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "these figures come out without rounding")]
    fn overlap_is_what_all_threads_share_of_the_longest_run() {
        let zero = Instant::now();
        let span = |span: [u64; 2]| (span.map(|at| zero + Duration::from_secs(at)), 1);
        assert_eq!(overlap(&[span([0, 4]), span([0, 4])]), 1.0);
        assert_eq!(overlap(&[span([0, 4]), span([1, 3])]), 0.5);
        assert_eq!(overlap(&[span([0, 2]), span([2, 4])]), 0.0);
        assert_eq!(overlap(&[span([0, 1]), span([2, 4])]), 0.0);
    }

    #[test]
    fn what_hinders_the_other_thread_shows_and_what_does_not_shows_nothing() {
        static INSIDE: AtomicUsize = AtomicUsize::new(0);
        fn crowded(ops: u64) {
            let others = INSIDE.fetch_add(1, Ordering::SeqCst) as u64;
            sleep(20);
            let others = others.max(INSIDE.load(Ordering::SeqCst) as u64 - 1);
            sleep(20 * others * ops.min(1));
            sleep(20);
            INSIDE.fetch_sub(1, Ordering::SeqCst);
        }
        let ratio = |run| {
            let rows = sample(&entry(run), 3, FREE).unwrap();
            assert_eq!(rows.len(), 3);
            let ratios: Vec<f64> = rows.iter().map(|[both, alone]| both / alone).collect();
            crate::time::median(&ratios)
        };
        // A busy machine hinders too, so one attempt of eight is enough.
        assert!((0..8).any(|_| (0.8..1.2).contains(&ratio(|_| sleep(20)))));
        assert!((0..8).any(|_| ratio(crowded) > 1.3));
    }

    #[test]
    fn threads_that_do_not_overlap_or_are_not_pinned_yield_no_figure() {
        static TURN: AtomicUsize = AtomicUsize::new(0);
        let uneven = entry(|_| {
            sleep(if TURN.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) { 1 } else { 100 });
        });
        let error = sample(&uneven, 1, FREE).unwrap_err();
        assert!(error.contains("overlapped in 0 of 10 rounds"), "{error}");
        let error = sample(&entry(|_| sleep(1)), 1, [&|| true, &|| false]).unwrap_err();
        assert!(error.contains("kept on a core"), "{error}");
    }
}
