//! Times that can be compared: interleaved rounds, and the median of the ratios of each round.

use core::cmp::Ordering;
use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use crate::cases::Entry;

/// Rounds of one run; the same in every run, so that figures of two runs are of one kind.
pub const ROUNDS: usize = 61;
/// The shortest time that one implementation runs in one round.
const BATCH: Duration = Duration::from_micros(200);
/// How many runs in a row have to take that long: one that is held up says nothing about its length.
const LOOKS: usize = 8;
const RESAMPLES: usize = 4_000;
const SEED: u64 = 0x7468_7269_6674_7921;

/// Nanoseconds for each operation: one row a round, one column an implementation.
///
/// Every round runs all implementations, each round starting with another one, so that a change
/// of the machine's speed meets all of them alike.
#[must_use]
pub fn sample(entries: &[Entry], rounds: usize) -> Vec<Vec<f64>> {
    let batches: Vec<u64> = entries.iter().map(|entry| batch_size(entry, BATCH)).collect();
    (0..rounds)
        .map(|round| {
            let mut row = vec![0.0; entries.len()];
            for step in 0..entries.len() {
                let turn = (round + step) % entries.len();
                let elapsed = timed(&entries[turn], batches[turn]);
                row[turn] = nanoseconds(elapsed) / as_float(batches[turn]);
            }
            row
        })
        .collect()
}

/// The median; the mean of the two middle values if their number is even.
///
/// # Panics
///
/// If there are no values.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    middle(&sorted)
}

/// The 95 % confidence interval of the median, by bootstrap with a fixed seed.
///
/// # Panics
///
/// If there are no values.
#[must_use]
pub fn interval(values: &[f64]) -> [f64; 2] {
    interval_of(values, median)
}

/// The 95 % confidence interval of any figure of the rounds, whole rounds being drawn.
///
/// # Panics
///
/// If there are no rounds.
#[must_use]
pub fn interval_of<Round: Copy>(rounds: &[Round], figure: impl Fn(&[Round]) -> f64) -> [f64; 2] {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut drawn = rounds.to_vec();
    let mut figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            drawn.fill_with(|| rounds[random.usize(..rounds.len())]);
            figure(&drawn)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    let tail = RESAMPLES / 40;
    [figures[tail], figures[RESAMPLES - 1 - tail]]
}

/// How many operations take at least so long.
pub(crate) fn batch_size(entry: &Entry, shortest: Duration) -> u64 {
    let mut ops = 1;
    // Also the warm-up: the last batch is as long as those that count. Several times, since the first
    // call may do what is done once in a process, and a busy machine may hold up the next ones, too:
    // a batch that is too short shows what it costs to start one.
    while (0..LOOKS).any(|_| timed(entry, ops) < shortest) {
        ops *= 2;
    }
    ops
}

fn timed(entry: &Entry, ops: u64) -> Duration {
    let start = Instant::now();
    (entry.run)(black_box(ops));
    start.elapsed()
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match (sorted.len() % 2).cmp(&1) {
        Ordering::Equal => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

pub(crate) fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

#[expect(clippy::cast_precision_loss, reason = "a batch is far smaller than 2^52 operations")]
pub(crate) fn as_float(ops: u64) -> f64 {
    ops as f64
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these figures come out without rounding")]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::Once;
    use std::thread;

    use super::*;

    #[test]
    fn median_is_the_middle_value() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn one_outlier_in_61_rounds_does_not_widen_the_interval() {
        let mut values = vec![1.0; 61];
        values[7] = 50.0;
        assert_eq!(interval(&values), [1.0, 1.0]);
    }

    #[test]
    fn the_interval_contains_the_median_and_repeats() {
        let values: Vec<f64> = (0..61_u32).map(|n| 1.0 + f64::from((n * 37) % 61) / 61.0).collect();
        let [low, high] = interval(&values);
        let middle = median(&values);
        assert!(low < middle && middle < high, "{low} {middle} {high}");
        // 61 equally spaced values: the exact order-statistic interval is ranks 23 to 39.
        assert!((low - (1.0 + 22.0 / 61.0)).abs() < 0.05, "{low}");
        assert!((high - (1.0 + 38.0 / 61.0)).abs() < 0.05, "{high}");
        assert_eq!(interval(&values), [low, high]);
    }

    #[test]
    fn a_slow_first_call_is_no_measure() {
        static FIRST: Once = Once::new();
        fn run(ops: u64) {
            FIRST.call_once(|| thread::sleep(Duration::from_millis(20)));
            thread::sleep(Duration::from_micros(100) * u32::try_from(ops).unwrap());
        }
        let entry = Entry { case: "sleep", name: "once", run, result: Vec::new };
        assert!(batch_size(&entry, Duration::from_millis(10)) > 1);
    }

    #[test]
    fn calls_that_are_held_up_are_no_measure() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        fn run(ops: u64) {
            let held_up = CALLS.fetch_add(1, Ordering::Relaxed) < LOOKS - 1;
            thread::sleep(Duration::from_millis(if held_up { 20 } else { 0 }));
            thread::sleep(Duration::from_micros(100) * u32::try_from(ops).unwrap());
        }
        let entry = Entry { case: "sleep", name: "held up", run, result: Vec::new };
        assert!(batch_size(&entry, Duration::from_millis(10)) > 1);
    }

    #[test]
    fn whole_rounds_are_drawn() {
        // Ours is twice the other's in each round; columns drawn apart would show a spread.
        let rounds: Vec<[f64; 2]> = (1..=61_u32).map(f64::from).map(|n| [2.0 * n, n]).collect();
        let column = |rounds: &[[f64; 2]], of: usize| -> Vec<f64> {
            rounds.iter().map(|round| round[of]).collect()
        };
        let ratio = |rounds: &[_]| median(&column(rounds, 0)) / median(&column(rounds, 1));
        assert_eq!(interval_of(&rounds, ratio), [2.0, 2.0]);
        let ours = interval_of(&rounds, |rounds| median(&column(rounds, 0)));
        assert_eq!(ours, interval(&column(&rounds, 0)));
        assert!(ours[0] < 62.0 && 62.0 < ours[1], "{ours:?}");
    }

    #[test]
    fn the_slower_implementation_has_the_larger_figure_in_every_round() {
        fn entry(name: &'static str, run: fn(u64)) -> Entry {
            Entry { case: "sleep", name, run, result: Vec::new }
        }
        fn sleep(milliseconds: u64) {
            thread::sleep(Duration::from_millis(milliseconds));
        }
        let fast = entry("fast", |ops| (0..ops).for_each(|_| sleep(1)));
        let slow = entry("slow", |ops| (0..ops).for_each(|_| sleep(20)));
        let rows = sample(&[fast, slow], 3);
        assert_eq!(rows.len(), 3);
        for row in rows {
            assert!(row[0] >= 1e6 && row[1] >= 2e7, "{row:?}");
        }
    }
}
