//! The process that is timed: started by the report, on a chosen allocator, without counting.
//!
//! It gets a [`Job`] on its command line and the request on its standard input; it answers with one
//! [`Line`] of JSON after the other. It stops when its reader goes away.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use thrifty::heap;

use crate::allocator;
use crate::request::Shape;
use crate::stats;
use crate::support::{Error, Variant, variants};

/// The hidden option that makes a process a timed one.
pub(crate) const OPTION: &str = "timed-process";

/// A ratio needs at least as many rounds.
pub(crate) const MIN_ROUNDS: usize = 61;
/// More make the interval hardly narrower.
const MAX_ROUNDS: usize = 4000;
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
pub(crate) enum Line {
    /// How much of the time is over, from 0 to 1.
    Progress(f64),
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

/// Does the job and exits the process's way: `Ok` even if the job failed, since the line says so.
pub(crate) fn run(job: Job) -> io::Result<()> {
    let mut request = Vec::new();
    io::stdin().lock().read_to_end(&mut request)?;
    let times = match job.what {
        What::Ladder => ladder(job, &request),
        What::Naive => naive(job, &request),
    };
    let line = match times {
        Ok(times) => Line::Times {
            allocator: allocator::backend().to_string(),
            counting: allocator::is_counting(),
            proven: heap::active().map(|backend| backend.to_string()),
            times,
        },
        Err(error) => Line::Failed(error.to_string()),
    };
    say(&line)
}

fn say(line: &Line) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn ladder(job: Job, request: &[u8]) -> Result<Vec<Vec<f64>>, Error> {
    let clock = Clock::start(job);
    let mut contestants: Vec<Contestant> = variants().into_iter().map(Contestant::new).collect();
    if let Some(again) = variants().into_iter().next() {
        contestants.push(Contestant::new(again));
    }
    for contestant in &mut contestants {
        contestant.calibrate(job.shape, request)?;
    }
    let mut told = Instant::now();
    for round in 0.. {
        if clock.is_over(round, MIN_ROUNDS) || round >= MAX_ROUNDS {
            break;
        }
        for index in order(round, contestants.len()) {
            contestants[index].time(job.shape, request)?;
        }
        if told.elapsed() > Duration::from_millis(100) {
            told = Instant::now();
            if say(&Line::Progress(clock.part())).is_err() {
                break;
            }
        }
    }
    Ok(contestants.into_iter().map(|contestant| contestant.times).collect())
}

/// Who comes when in a round: everybody at every place in turn, and every other round backwards, so
/// that nobody always follows the same one.
fn order(round: usize, contestants: usize) -> impl Iterator<Item = usize> {
    (0..contestants).map(move |place| {
        let place = if round.is_multiple_of(2) { place } else { contestants - 1 - place };
        (place + round / 2) % contestants
    })
}

fn naive(job: Job, request: &[u8]) -> Result<Vec<Vec<f64>>, Error> {
    let clock = Clock::start(job);
    let mut contestants: Vec<Contestant> =
        variants().into_iter().take(1).map(Contestant::new).collect();
    for contestant in &mut contestants {
        contestant.calibrate(job.shape, request)?;
        while !clock.is_over(contestant.times.len(), 5) {
            contestant.time(job.shape, request)?;
        }
        let median = stats::median(&mut contestant.times);
        contestant.times = vec![median];
    }
    Ok(contestants.into_iter().map(|contestant| contestant.times).collect())
}

#[derive(Clone, Copy, Debug)]
struct Clock {
    start: Instant,
    budget: Duration,
    limit: Duration,
}

impl Clock {
    fn start(job: Job) -> Self {
        Self {
            start: Instant::now(),
            budget: Duration::from_millis(job.budget_ms),
            limit: Duration::from_millis(job.limit_ms),
        }
    }

    fn is_over(&self, rounds: usize, wanted: usize) -> bool {
        let elapsed = self.start.elapsed();
        elapsed >= self.limit || (elapsed >= self.budget && rounds >= wanted)
    }

    fn part(&self) -> f64 {
        (self.start.elapsed().as_secs_f64() / self.budget.as_secs_f64()).min(1.0)
    }
}

#[derive(Debug)]
struct Contestant {
    variant: Box<dyn Variant>,
    /// Requests in a batch.
    batch: u32,
    times: Vec<f64>,
}

impl Contestant {
    fn new(variant: Box<dyn Variant>) -> Self {
        Self { variant, batch: 1, times: Vec::with_capacity(MAX_ROUNDS) }
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
    fn everybody_comes_once_a_round_and_at_every_place() {
        let mut places = vec![[0; 4]; 4];
        for round in 0..8 {
            let order: Vec<usize> = order(round, 4).collect();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3]);
            for (place, who) in order.into_iter().enumerate() {
                places[who][place] += 1;
            }
        }
        assert_eq!(places, vec![[2; 4]; 4]);
    }

    #[test]
    fn a_ladder_has_every_variant_in_every_round_and_does_not_count() {
        let job = Job { what: What::Ladder, shape: Shape::Order, budget_ms: 0, limit_ms: 200 };
        let times = ladder(job, crate::support::REQUEST).unwrap();
        assert_eq!(times.len(), variants().len() + 1);
        assert!(times.iter().all(|of_one| of_one.len() == times[0].len()), "{times:?}");
        assert!(times.iter().flatten().all(|nanos| *nanos > 0.0));
    }
}
