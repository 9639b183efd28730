//! Rounds: every task once on every lane, each in a process of its own, at changing places.

use std::time::{Duration, Instant};

use thrifty::heap::Backend;

use crate::judge::MIN_ROUNDS;
use crate::progress::Progress;

/// What one process came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    /// Of the work; of the whole process where that is all that is known.
    pub seconds: f64,
    pub cpu_seconds: Option<f64>,
    pub minor_faults: Option<u64>,
    pub major_faults: Option<u64>,
    /// Bytes, as are the next.
    pub peak_rss: Option<u64>,
    pub rss_before: Option<u64>,
    pub rss_after: Option<u64>,
    pub rss_purged: Option<u64>,
    pub purge_seconds: Option<f64>,
    /// Of the whole process, with its start, the purge and its end.
    pub process_cpu_seconds: Option<f64>,
    pub process_faults: Option<u64>,
    pub live: u64,
    /// Equal on every lane, or the work was not the same.
    pub sum: Option<u64>,
}

/// One allocator in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    pub backend: Backend,
    /// The baseline a second time: how far it differs from itself is noise.
    pub again: bool,
}

/// The baseline, the others, and the baseline again.
pub(crate) fn lanes(backends: &[Backend]) -> Vec<Lane> {
    let lane = |&backend| Lane { backend, again: false };
    let again = backends.first().map(|&backend| Lane { backend, again: true });
    backends.iter().map(lane).chain(again).collect()
}

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub rounds: usize,
    /// When to end with fewer rounds, but not with less than can be judged.
    pub budget: Option<Duration>,
    /// How much of each workload; 100 is all of it.
    pub percent: usize,
}

impl Plan {
    pub(crate) fn new(quick: bool, rounds: Option<usize>) -> Self {
        let seconds = if quick { 14 } else { 110 };
        Self {
            rounds: rounds.unwrap_or(if quick { 15 } else { 31 }),
            budget: rounds.is_none().then_some(Duration::from_secs(seconds)),
            percent: if quick { 25 } else { 100 },
        }
    }

    /// Whether another round would end after the time that there is.
    fn is_over(&self, round: usize, elapsed: Duration) -> bool {
        let each = elapsed / u32::try_from(round.max(1)).unwrap_or(u32::MAX);
        let late = self.budget.is_some_and(|budget| elapsed + each > budget);
        round >= self.rounds || (late && round >= MIN_ROUNDS)
    }

    fn part(&self, round: usize, elapsed: Duration) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "numbers of rounds")]
        let of_rounds = round as f64 / self.rounds.max(1) as f64;
        let of_budget =
            self.budget.map_or(0.0, |budget| elapsed.as_secs_f64() / budget.as_secs_f64());
        of_rounds.max(of_budget)
    }
}

/// For each task, by its name, and for each lane the samples, one a round.
pub(crate) fn measure<T: AsRef<str>>(
    tasks: &[T],
    lanes: &[Lane],
    plan: Plan,
    progress: &Progress,
    mut once: impl FnMut(&T, Lane) -> Result<Sample, String>,
) -> Result<Vec<Vec<Vec<Sample>>>, String> {
    let start = Instant::now();
    let mut samples = vec![vec![Vec::with_capacity(plan.rounds); lanes.len()]; tasks.len()];
    let steps = tasks.len() * lanes.len();
    for round in 0.. {
        if plan.is_over(round, start.elapsed()) {
            break;
        }
        for (number, task) in tasks.iter().enumerate() {
            for (step, lane) in order(round, lanes.len()).enumerate() {
                samples[number][lane].push(once(task, lanes[lane])?);
                let done = number * lanes.len() + step + 1;
                let part = plan.part(round, start.elapsed());
                let next = plan.part(round + 1, start.elapsed());
                #[expect(clippy::cast_precision_loss, reason = "numbers of lanes")]
                progress.set(part + (next - part) * done as f64 / steps as f64);
            }
        }
        for (task, lanes) in tasks.iter().zip(&samples) {
            same_work(lanes).map_err(|why| format!("{}: {why}", task.as_ref()))?;
        }
    }
    Ok(samples)
}

/// The lanes, beginning with another one each time, and backwards every other time, so that none
/// always follows the same one.
fn order(round: usize, lanes: usize) -> impl Iterator<Item = usize> {
    (0..lanes).map(move |place| {
        let place = if round.is_multiple_of(2) { place } else { lanes - 1 - place };
        (place + round / 2) % lanes
    })
}

fn same_work(lanes: &[Vec<Sample>]) -> Result<(), String> {
    let mut sums = lanes.iter().flatten().filter_map(|sample| sample.sum);
    let Some(first) = sums.next() else { return Ok(()) };
    match sums.find(|sum| *sum != first) {
        Some(other) => Err(format!("the work came to {first} and to {other}: it is not the same")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_every_place_and_no_fixed_neighbour() {
        let orders: Vec<Vec<usize>> = (0..8).map(|round| order(round, 4).collect()).collect();
        for lane in 0..4 {
            let mut places: Vec<_> =
                orders.iter().map(|order| order.iter().position(|&one| one == lane)).collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), 4, "{orders:?}");
        }
        let follows = |order: &Vec<usize>| order.windows(2).any(|pair| pair == [0, 1]);
        assert!(orders.iter().any(follows) && !orders.iter().all(follows), "{orders:?}");
    }

    #[test]
    fn time_ends_it_only_when_there_is_enough_to_judge() {
        let second = Duration::from_secs(1);
        let plan = Plan { rounds: 31, budget: Some(10 * second), percent: 100 };
        assert!(!plan.is_over(0, second) && !plan.is_over(5, 60 * second));
        assert!(plan.is_over(6, 60 * second) && plan.is_over(31, second));
        assert!(!plan.is_over(8, 8 * second));
        assert!(plan.is_over(9, 10 * second));
        let fixed = Plan::new(true, Some(40));
        assert!(!fixed.is_over(39, 600 * second) && fixed.is_over(40, second));
    }

    #[test]
    fn a_failure_and_other_work_end_it() {
        let progress = Progress::start("a test");
        let plan = Plan { rounds: 2, budget: None, percent: 1 };
        let lanes = lanes(&[Backend::System, Backend::Mimalloc]);
        assert_eq!(lanes.len(), 3);
        let run = |sum_of: fn(Lane) -> u64| {
            measure(&["a"], &lanes, plan, &progress, |_, lane| {
                Ok(Sample { seconds: 1.0, sum: Some(sum_of(lane)), ..Sample::default() })
            })
        };
        let samples = run(|_| 7).unwrap();
        assert!(samples[0].iter().all(|lane| lane.len() == 2) && samples[0].len() == 3);
        let why = run(|lane| u64::from(lane.again)).unwrap_err();
        assert!(why.starts_with("a: ") && why.contains("not the same"), "{why}");
        let failed = measure(&["a"], &lanes, plan, &progress, |_, _| Err("no".to_owned()));
        assert_eq!(failed, Err("no".to_owned()));
    }
}
