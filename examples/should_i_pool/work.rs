//! The work: buffers are taken, written and dropped, from malloc or from a pool.

use std::fmt;
use std::hint::black_box;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use fastrand::Rng;
use thrifty::pool::{BufferPool, PooledBuf};

/// What is done.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub sizes: Vec<usize>,
    pub threads: usize,
    /// In percent of each buffer.
    pub written: usize,
    pub pattern: Pattern,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// One after the other.
    One,
    /// So many at once.
    Hold(usize),
    /// Taken on one thread, dropped on another.
    Pass,
}

/// Buffers on their way from one thread to another.
const CHANNEL: usize = 64;

/// Where buffers come from.
pub(crate) trait Source: Copy + Send + Sync {
    type Buffer: Send;

    fn take(self, size: usize) -> Self::Buffer;
    fn write(buffer: &mut Self::Buffer, bytes: &[u8]);
}

#[derive(Clone, Copy)]
pub(crate) struct Malloc;

impl Source for Malloc {
    type Buffer = Vec<u8>;

    #[inline]
    fn take(self, size: usize) -> Vec<u8> {
        Vec::with_capacity(size)
    }

    #[inline]
    fn write(buffer: &mut Vec<u8>, bytes: &[u8]) {
        buffer.extend_from_slice(bytes);
    }
}

impl Source for &BufferPool {
    type Buffer = PooledBuf;

    #[inline]
    fn take(self, size: usize) -> PooledBuf {
        self.get(size)
    }

    #[inline]
    fn write(buffer: &mut PooledBuf, bytes: &[u8]) {
        buffer.extend_from_slice(bytes);
    }
}

/// What is written, again and again.
static PAGE: [u8; 4096] = [0x5a; 4096];

impl Work {
    /// Does it for about `buffers` buffers on each thread; nanoseconds a buffer.
    ///
    /// Threads are new each time, for every source alike: what they leave behind for the next ones
    /// belongs to the work.
    #[expect(clippy::cast_precision_loss, reason = "a time")]
    pub(crate) fn run(&self, source: impl Source, buffers: usize) -> f64 {
        let buffers = self.whole(buffers);
        let sizes = self.draw();
        let start = Instant::now();
        if self.threads == 1 && self.pattern != Pattern::Pass {
            self.alone(source, &sizes, buffers);
        } else {
            thread::scope(|scope| {
                for _ in 0..self.threads {
                    match self.pattern {
                        Pattern::Pass => self.pair(scope, source, &sizes, buffers),
                        _ => drop(scope.spawn(|| self.alone(source, &sizes, buffers))),
                    }
                }
            });
        }
        start.elapsed().as_nanos() as f64 / buffers as f64
    }

    /// Bytes of all buffers that are there at the same moment.
    pub(crate) fn most_held(&self) -> usize {
        let each = match self.pattern {
            Pattern::One => 1,
            Pattern::Hold(count) => count,
            Pattern::Pass => CHANNEL + 2,
        };
        let largest = self.sizes.iter().copied().max().unwrap_or_default();
        largest.saturating_mul(each).saturating_mul(self.threads)
    }

    /// Whole bursts.
    fn whole(&self, buffers: usize) -> usize {
        match self.pattern {
            Pattern::Hold(count) => buffers.next_multiple_of(count),
            _ => buffers.max(1),
        }
    }

    /// The sizes in an order that the machine does not know; the same every time.
    fn draw(&self) -> Vec<usize> {
        let mut rng = Rng::with_seed(61);
        let count = if self.sizes.len() == 1 { 1 } else { 1024 };
        (0..count).map(|_| self.sizes[rng.usize(..self.sizes.len())]).collect()
    }

    /// Written where it lies: a handle that moves right after its length was changed waits for that.
    fn alone<S: Source>(&self, source: S, sizes: &[usize], buffers: usize) {
        let mut sizes = sizes.iter().copied().cycle();
        let Pattern::Hold(at_once) = self.pattern else {
            for size in sizes.take(buffers) {
                let mut buffer = source.take(black_box(size));
                self.fill::<S>(&mut buffer, size);
            }
            return;
        };
        let mut held = Vec::with_capacity(at_once);
        for _ in 0..buffers / at_once {
            for size in sizes.by_ref().take(at_once) {
                held.push(source.take(black_box(size)));
                if let Some(buffer) = held.last_mut() {
                    self.fill::<S>(buffer, size);
                }
            }
            held.clear();
        }
    }

    fn pair<'scope, S: Source + 'scope>(
        &'scope self,
        scope: &'scope thread::Scope<'scope, '_>,
        source: S,
        sizes: &'scope [usize],
        buffers: usize,
    ) where
        S::Buffer: 'scope,
    {
        let (to, from) = mpsc::sync_channel(CHANNEL);
        scope.spawn(move || {
            for &size in sizes.iter().cycle().take(buffers) {
                let mut buffer = source.take(black_box(size));
                self.fill::<S>(&mut buffer, size);
                if to.send(buffer).is_err() {
                    return;
                }
            }
        });
        scope.spawn(move || from.into_iter().for_each(drop));
    }

    #[inline]
    fn fill<S: Source>(&self, buffer: &mut S::Buffer, size: usize) {
        let mut left = size * self.written / 100;
        while left > 0 {
            let part = left.min(PAGE.len());
            S::write(buffer, &PAGE[..part]);
            left -= part;
        }
        black_box(buffer);
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("buffers of ")?;
        for (at, size) in self.sizes.iter().enumerate() {
            write!(f, "{}{}", if at > 0 { ", " } else { "" }, bytes(*size as u64))?;
        }
        match self.pattern {
            Pattern::One => f.write_str(", one after the other")?,
            Pattern::Hold(count) => write!(f, ", {count} at once")?,
            Pattern::Pass => f.write_str(", passed to another thread")?,
        }
        let what = if self.pattern == Pattern::Pass { "pair" } else { "thread" };
        let plural = if self.threads == 1 { "" } else { "s" };
        write!(f, ", {} % written, {} {what}{plural}", self.written, self.threads)
    }
}

/// Bytes in the largest unit that has a whole part.
pub(crate) fn bytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for reading")]
    let in_units = |shift: u32| bytes as f64 / f64::from(1_u32 << shift);
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..0x10_0000 => format!("{} KiB", tenth(in_units(10))),
        _ => format!("{} MiB", tenth(in_units(20))),
    }
}

fn tenth(number: f64) -> String {
    format!("{number:.1}").trim_end_matches(".0").to_owned()
}
