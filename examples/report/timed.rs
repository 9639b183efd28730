//! The process that is timed: started by the report, on a chosen allocator, without counting.
//!
//! It gets a [`Job`] on its command line and the request on its standard input; it answers with an
//! [`Answer`] in JSON.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use thrifty::heap;

use crate::allocator;
use crate::request::Shape;
use crate::stats;
use crate::support::{Error, Variant, variants};

/// The hidden option that makes a process a timed one.
pub(crate) const OPTION: &str = "timed-process";

/// Long enough for the clock, short enough to fit between two interruptions on a busy machine.
const BATCH: Duration = Duration::from_micros(500);

/// What to time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub what: What,
    pub shape: Shape,
    /// How long it should take, in milliseconds; the smallest number of rounds may take longer.
    pub budget_ms: u64,
    /// How long it may take, in milliseconds, with less than the smallest number of rounds if need be.
    pub limit_ms: u64,
    pub min_rounds: usize,
    /// Where things lie in memory depends on it.
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum What {
    /// All variants, interleaved; `naive` a second time at the end.
    Ladder,
    /// `naive` alone: one process of many that alternate.
    Naive,
}

/// What the process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    /// Nanoseconds per request: for each variant in the order of `variants()`, one for each round.
    Times {
        allocator: String,
        counting: bool,
        /// What the allocators themselves say.
        proven: Option<String>,
        times: Vec<Vec<f64>>,
    },
    Failed(String),
}

/// Does the job; `Ok` even if the job failed, since the answer says so.
pub(crate) fn run(job: Job) -> io::Result<()> {
    let mut request = Vec::new();
    io::stdin().lock().read_to_end(&mut request)?;
    let times = match job.what {
        What::Ladder => ladder(job, &request),
        What::Naive => naive(job, &request),
    };
    let answer = match times {
        Ok(times) => Answer::Times {
            allocator: allocator::backend().to_string(),
            counting: allocator::is_counting(),
            proven: heap::active().map(|backend| backend.to_string()),
            times,
        },
        Err(error) => Answer::Failed(error.to_string()),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}

fn ladder(job: Job, request: &[u8]) -> Result<Vec<Vec<f64>>, Error> {
    let clock = Clock::start(job);
    let all = variants().len();
    let mut contestants = ready((0..all).chain([0]).collect(), job, request, &clock)?;
    // A new order in every round. If everybody always followed the same one, what that one leaves in
    // the caches and in the free lists would be part of the time.
    let mut rng = Rng::with_seed(job.seed);
    let mut order: Vec<usize> = (0..contestants.len()).collect();
    for round in 0.. {
        if clock.is_over(round) {
            break;
        }
        rng.shuffle(&mut order);
        for index in &order {
            if !clock.is_late() {
                contestants[*index].time(job.shape, request)?;
            }
        }
    }
    // A round that was cut short is none.
    let rounds = contestants.iter().map(|contestant| contestant.times.len()).min().unwrap_or(0);
    let times = contestants.into_iter().map(|mut contestant| {
        contestant.times.truncate(rounds);
        contestant.times
    });
    Ok(times.collect())
}

/// Makes and warms up the variants of these numbers, in a random order with random gaps between: a
/// neighbour in memory, or a place at the start of the heap, is then one in this process only.
fn ready(
    numbers: Vec<usize>,
    job: Job,
    request: &[u8],
    clock: &Clock,
) -> Result<Vec<Contestant>, Error> {
    let mut rng = Rng::with_seed(job.seed);
    let mut order: Vec<(usize, usize)> = numbers.into_iter().enumerate().collect();
    rng.shuffle(&mut order);
    let mut ready = Vec::with_capacity(order.len());
    for (place, number) in order {
        let gap = vec![0; rng.usize(..4096)];
        let mut contestant = Contestant::new(variants().swap_remove(number), gap);
        if !clock.is_late() {
            contestant.calibrate(job.shape, request)?;
        }
        ready.push((place, contestant));
    }
    ready.sort_by_key(|(place, _)| *place);
    Ok(ready.into_iter().map(|(_, contestant)| contestant).collect())
}

fn naive(job: Job, request: &[u8]) -> Result<Vec<Vec<f64>>, Error> {
    let clock = Clock::start(job);
    let mut contestants = ready(vec![0], job, request, &clock)?;
    for contestant in &mut contestants {
        while !clock.is_over(contestant.times.len()) {
            contestant.time(job.shape, request)?;
        }
        if !contestant.times.is_empty() {
            contestant.times = vec![stats::median(&mut contestant.times)];
        }
    }
    Ok(contestants.into_iter().map(|contestant| contestant.times).collect())
}

#[derive(Clone, Copy, Debug)]
struct Clock {
    start: Instant,
    budget: Duration,
    limit: Duration,
    min_rounds: usize,
}

impl Clock {
    fn start(job: Job) -> Self {
        Self {
            start: Instant::now(),
            budget: Duration::from_millis(job.budget_ms),
            limit: Duration::from_millis(job.limit_ms),
            min_rounds: job.min_rounds,
        }
    }

    fn is_over(&self, rounds: usize) -> bool {
        self.is_late() || (self.start.elapsed() >= self.budget && rounds >= self.min_rounds)
    }

    fn is_late(&self) -> bool {
        self.start.elapsed() >= self.limit
    }
}

#[derive(Debug)]
struct Contestant {
    variant: Box<dyn Variant>,
    /// Requests in a batch.
    batch: u32,
    times: Vec<f64>,
    /// Memory that is not used, before that of the variant.
    _gap: Vec<u8>,
}

impl Contestant {
    fn new(variant: Box<dyn Variant>, gap: Vec<u8>) -> Self {
        Self { variant, batch: 1, times: Vec::with_capacity(256), _gap: gap }
    }

    /// Warms up, and finds how many requests make a batch.
    fn calibrate(&mut self, shape: Shape, request: &[u8]) -> Result<(), Error> {
        loop {
            let elapsed = self.serve(shape, request)?;
            if elapsed >= BATCH / 2 || self.batch >= 1 << 20 {
                let one = (elapsed.as_secs_f64() / f64::from(self.batch)).max(1e-9);
                self.batch = batch(one);
                return Ok(());
            }
            self.batch *= 2;
        }
    }

    /// Times a batch; the requests before it bring its code and data back into the caches.
    fn time(&mut self, shape: Shape, request: &[u8]) -> Result<(), Error> {
        for _ in 0..self.batch.div_ceil(16) {
            shape.serve(&mut *self.variant, request)?;
        }
        let nanos = self.serve(shape, request)?.as_secs_f64() * 1e9;
        self.times.push(nanos / f64::from(self.batch));
        Ok(())
    }

    fn serve(&mut self, shape: Shape, request: &[u8]) -> Result<Duration, Error> {
        let start = Instant::now();
        for _ in 0..self.batch {
            let request = std::hint::black_box(request);
            std::hint::black_box(shape.serve(&mut *self.variant, request)?);
        }
        Ok(start.elapsed())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 1 and 2^20")]
fn batch(seconds_each: f64) -> u32 {
    (BATCH.as_secs_f64() / seconds_each).clamp(1.0, f64::from(1 << 20)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_has_every_variant_in_every_round_and_does_not_count() {
        let job = Job {
            what: What::Ladder,
            shape: Shape::Order,
            budget_ms: 0,
            limit_ms: 60_000,
            min_rounds: 2,
            seed: 1,
        };
        let times = ladder(job, crate::support::REQUEST).unwrap();
        assert_eq!(times.len(), variants().len() + 1);
        assert!(times.iter().all(|of_one| of_one.len() == 2), "{times:?}");
        assert!(times.iter().flatten().all(|nanos| *nanos > 0.0));
    }
}
