//! What the figures say.

use std::fmt;

use crate::child::{Memory, Times};
use crate::stats::{Estimate, estimate, median, ratios};
use crate::work::{Work, bytes};

/// Everything that was measured.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    pub work: Work,
    /// Buffers a second.
    pub rate: f64,
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
    /// Buffers a second.
    rate: f64,
}

/// Of a core; less of it is not worth a pool.
const WORTH: f64 = 0.001;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    /// The pool is the slower one.
    Slower,
    /// It could not be told from malloc, or no better than malloc from itself.
    NoGain,
    /// It is faster, and nobody would notice.
    TooLittle,
    /// Few buffers come out of it.
    FewHits,
}

impl Summary {
    fn of(times: &[Times], rate: f64) -> Option<Self> {
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
            rate,
        })
    }

    fn answer(&self) -> Answer {
        if self.hit_rate < 0.9 {
            Answer::FewHits
        } else if self.ratio.low > 1.005 && self.ratio.low > self.noise.high {
            Answer::Slower
        } else if self.ratio.differs() && self.ratio.high < self.noise.low {
            if self.share() < WORTH { Answer::TooLittle } else { Answer::Yes }
        } else {
            Answer::NoGain
        }
    }

    /// Nanoseconds that a buffer costs less.
    fn saved(&self) -> f64 {
        (self.malloc - self.pool).max(0.0)
    }

    /// Of a core, saved at the rate.
    fn share(&self) -> f64 {
        self.saved() * self.rate / 1e9
    }

    /// In words, with what to do instead.
    fn advice(&self) -> String {
        match self.answer() {
            Answer::Yes => format!(
                "yes: a buffer costs {} less. At {:.0} buffers a second that is {:.1} % of a core: \
                 compare it with what your program does between two of them.",
                time(self.saved()),
                self.rate,
                self.share() * 100.0
            ),
            Answer::TooLittle => format!(
                "do not: a buffer costs {} less, which at {:.0} buffers a second is {:.3} % of a \
                 core. Pass `--rate` if your program takes more of them.",
                time(self.saved()),
                self.rate,
                self.share() * 100.0
            ),
            Answer::Slower => "do not: malloc is faster at this.".to_owned(),
            Answer::NoGain => {
                "do not: the gain is not above the noise. Where the work on a buffer \
                               costs much more than malloc, no pool is felt."
                    .to_owned()
            }
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
        let Some(summary) = Summary::of(&self.times, self.rate) else {
            return f.write_str("no figures\n");
        };
        let Summary { ratio, noise, hit_rate, malloc, pool, .. } = summary;
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
            rate: 1e5,
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
    fn what_nobody_would_notice_is_no_gain() {
        let fast = summary((0.4, 0.5), (0.9, 1.1), 1.0);
        let rarely = Summary { rate: 1e4, ..fast };
        assert_eq!((fast.answer(), rarely.answer()), (Answer::Yes, Answer::TooLittle));
        assert!(fast.advice().contains("0.5 % of a core"), "{}", fast.advice());
        assert!(rarely.advice().starts_with("do not: a buffer costs 50.0 ns less"));
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
