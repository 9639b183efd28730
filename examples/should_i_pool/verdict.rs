//! What the figures say.

use std::fmt;

use crate::child::{Memory, Times};
use crate::stats::{Estimate, estimate, median, ratios};
use crate::work::{Work, bytes};

/// Everything that was measured.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    pub work: Work,
    pub allocator: String,
    pub times: Vec<Times>,
    pub malloc: Memory,
    pub pool: Memory,
}

/// The figures that the answer comes from.
#[derive(Clone, Copy, Debug)]
struct Summary {
    /// The pool's time, malloc = 1.
    ratio: Estimate,
    /// malloc's own second time, malloc = 1.
    noise: Estimate,
    hit_rate: f64,
    /// Nanoseconds a buffer.
    malloc: f64,
    pool: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    /// The pool is the slower one.
    Slower,
    /// It could not be told from malloc, or no better than malloc from itself.
    NoGain,
    /// Few buffers come out of it.
    FewHits,
}

impl Summary {
    fn of(times: &[Times]) -> Option<Self> {
        let each = |of: fn(&Times) -> &Vec<f64>| {
            let groups: Vec<_> =
                times.iter().map(|times| ratios(of(times), &times.malloc)).collect();
            estimate(&groups)
        };
        let all = |of: fn(&Times) -> &Vec<f64>| {
            median(
                &mut times.iter().flat_map(|times| of(times).iter().copied()).collect::<Vec<_>>(),
            )
        };
        Some(Self {
            ratio: each(|times| &times.pool)?,
            noise: each(|times| &times.again)?,
            hit_rate: median(&mut times.iter().map(|times| times.hit_rate).collect::<Vec<_>>()),
            malloc: all(|times| &times.malloc),
            pool: all(|times| &times.pool),
        })
    }

    fn answer(&self) -> Answer {
        if self.hit_rate < 0.9 {
            Answer::FewHits
        } else if self.ratio.low > 1.005 && self.ratio.low > self.noise.high {
            Answer::Slower
        } else if self.ratio.differs() && self.ratio.high < self.noise.low {
            Answer::Yes
        } else {
            Answer::NoGain
        }
    }

    /// In words, with what to do instead.
    fn advice(&self) -> String {
        match self.answer() {
            Answer::Yes => {
                let saved = (self.malloc - self.pool).max(0.0);
                format!(
                    "yes: a buffer costs {} less. At 10,000 buffers a second that is {:.2} % of a \
                     core: compare it with what your program does between two of them.",
                    time(saved),
                    saved * 1e4 / 1e9 * 100.0
                )
            }
            Answer::Slower => "do not: malloc is faster at this.".to_owned(),
            Answer::NoGain => "do not: the gain is not above the noise. A buffer that is written \
                               and used again at once costs the same everywhere."
                .to_owned(),
            Answer::FewHits => {
                "do not, as it stands: most buffers are not from the pool. They are \
                                larger than its largest block (1 MiB unless `block_sizes` says \
                                otherwise), or more of them are in use than `max_bytes` allows."
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(summary) = Summary::of(&self.times) else { return f.write_str("no figures\n") };
        let Summary { ratio, noise, hit_rate, malloc, pool } = summary;
        writeln!(f, "{}; allocator: {}", self.work, self.allocator)?;
        writeln!(f, "hit rate   {:.2} %", hit_rate * 100.0)?;
        writeln!(
            f,
            "time       {:.2} of malloc's [{:.2}, {:.2}]; malloc beside itself [{:.2}, {:.2}]",
            ratio.median, ratio.low, ratio.high, noise.low, noise.high
        )?;
        writeln!(f, "           malloc {} a buffer, pool {}", time(malloc), time(pool))?;
        writeln!(f, "resident   malloc {}", memory(&self.malloc))?;
        writeln!(f, "           pool   {}", memory(&self.pool))?;
        writeln!(f, "answer     {}", summary.advice())
    }
}

fn memory(memory: &Memory) -> String {
    let shown = |value: Option<u64>| value.map_or_else(|| "unknown".to_owned(), bytes);
    format!(
        "{} after the work, {} at its peak ({} before)",
        shown(memory.after),
        shown(memory.peak),
        shown(memory.before)
    )
}

fn time(nanoseconds: f64) -> String {
    if nanoseconds < 1e4 {
        format!("{nanoseconds:.1} ns")
    } else {
        format!("{:.1} us", nanoseconds / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(ratio: (f64, f64), noise: (f64, f64), hit_rate: f64) -> Summary {
        let estimate =
            |(low, high): (f64, f64)| Estimate { median: f64::midpoint(low, high), low, high };
        Summary {
            ratio: estimate(ratio),
            noise: estimate(noise),
            hit_rate,
            malloc: 100.0,
            pool: 50.0,
        }
    }

    #[test]
    fn yes_only_beyond_the_noise() {
        let answer = |ratio, noise, hits| summary(ratio, noise, hits).answer();
        assert_eq!(answer((0.4, 0.5), (0.9, 1.1), 0.99), Answer::Yes);
        assert_eq!(answer((0.9, 1.01), (0.99, 1.01), 0.99), Answer::NoGain);
        assert_eq!(answer((0.8, 0.95), (0.9, 1.1), 0.99), Answer::NoGain);
        assert_eq!(answer((1.2, 1.3), (0.9, 1.1), 0.99), Answer::Slower);
        assert_eq!(answer((1.02, 1.3), (0.9, 1.1), 0.99), Answer::NoGain);
        assert_eq!(answer((0.4, 0.5), (0.9, 1.1), 0.5), Answer::FewHits);
    }

    #[test]
    fn the_answer_comes_first() {
        assert!(
            summary((0.4, 0.5), (0.9, 1.1), 1.0)
                .advice()
                .starts_with("yes: a buffer costs 50.0 ns less")
        );
        for no in [summary((0.9, 1.1), (0.9, 1.1), 1.0), summary((2.0, 2.1), (0.9, 1.1), 1.0)] {
            assert!(no.advice().starts_with("do not"));
        }
    }
}
