//! `acquire` against a line of numbers: who waits, for how much, and whether that much is free.
//!
//! One thread, so that the model knows all: what is not held can always be had.

use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::pool::{BufferPool, PoolConfig, PoolError, PooledBuf};

use crate::script::Task;

const FOOT: usize = 32;
const SMALLEST: usize = 256;
const LARGEST: usize = 4096;
/// Two blocks of the largest size and some small ones.
const MAX: usize = 2 * (LARGEST + FOOT) + 1000;

#[derive(Clone, Copy, Debug)]
enum Op {
    Acquire(usize),
    TryGet(usize),
    Get(usize),
    /// Drops a buffer.
    Drop(usize),
    /// Grows one.
    Grow(usize),
    /// Cancels a wait, of one that was told already too.
    Cancel(usize),
    /// Polls one that nobody has woken.
    Poke(usize),
    /// Polls whoever was woken.
    Settle,
    Flush,
    Trim,
}

fn op() -> impl Strategy<Value = Op> {
    let size = || prop_oneof![0..SMALLEST + 2, 1000..1030_usize, LARGEST - 2..LARGEST + 3];
    prop_oneof![
        4 => size().prop_map(Op::Acquire),
        1 => size().prop_map(Op::TryGet),
        1 => size().prop_map(Op::Get),
        4 => any::<usize>().prop_map(Op::Drop),
        1 => any::<usize>().prop_map(Op::Grow),
        2 => any::<usize>().prop_map(Op::Cancel),
        1 => any::<usize>().prop_map(Op::Poke),
        2 => Just(Op::Settle),
        1 => Just(Op::Flush),
        1 => Just(Op::Trim),
    ]
}

type Wait<'a> = Task<'a, Result<PooledBuf, PoolError>>;

struct Model<'a> {
    pool: &'a BufferPool,
    held: Vec<PooledBuf>,
    line: VecDeque<(usize, Wait<'a>)>,
}

fn weight(min: usize) -> usize {
    min.max(SMALLEST).next_power_of_two() + FOOT
}

impl Model<'_> {
    fn taken(&self) -> usize {
        self.held.iter().filter(|buf| buf.is_pooled()).map(|buf| buf.capacity() + FOOT).sum()
    }

    fn fits(&self, min: usize) -> bool {
        min <= LARGEST && self.taken() + weight(min) <= MAX
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Acquire(min) => {
                let at_once = self.line.is_empty() && self.fits(min);
                match Task::started(self.pool.acquire(min)) {
                    Ok(Ok(buf)) => {
                        assert!(at_once, "{min} bytes out of turn, or beyond the bound");
                        self.keep(min, buf);
                    }
                    Ok(Err(error)) => {
                        assert_eq!(error, PoolError::TooLarge { max: LARGEST });
                        assert!(min > LARGEST);
                    }
                    Err(task) => {
                        assert!(!at_once && min <= LARGEST, "{min} bytes were free");
                        self.line.push_back((min, task));
                    }
                }
            }
            Op::TryGet(min) => {
                let expected = self.line.is_empty() && self.fits(min);
                match self.pool.try_get(min) {
                    Ok(buf) => {
                        assert!(expected, "overtaken by `try_get`");
                        self.keep(min, buf);
                    }
                    Err(_) => assert!(!expected),
                }
            }
            Op::Get(min) => {
                let expected = self.line.is_empty() && self.fits(min);
                let buf = self.pool.get(min);
                assert_eq!(buf.is_pooled(), expected, "overtaken by `get`");
                self.keep(min, buf);
            }
            Op::Drop(at) => drop(self.take(at)),
            Op::Grow(at) => {
                if let Some(mut buf) = self.take(at) {
                    buf.resize(buf.capacity() + 1, 1);
                    self.held.push(buf);
                }
            }
            Op::Cancel(at) => {
                if !self.line.is_empty() {
                    drop(self.line.remove(at % self.line.len()));
                }
            }
            Op::Poke(at) => {
                if !self.line.is_empty() {
                    self.poll(at % self.line.len());
                }
            }
            Op::Settle => self.settle(),
            Op::Flush => drop(self.pool.flush_thread()),
            Op::Trim => drop(self.pool.trim(0)),
        }
        assert_eq!(self.pool.stats().outstanding, self.held.len() as u64);
        assert!(self.pool.stats().allocated_bytes <= MAX as u64);
    }

    /// Who is served is the first, and the bytes were free.
    fn poll(&mut self, at: usize) {
        let (min, task) = &mut self.line[at];
        let min = *min;
        if let Some(result) = task.poll() {
            assert_eq!(at, 0, "{min} bytes out of turn");
            assert!(self.fits(min));
            self.line.pop_front();
            self.keep(min, result.unwrap());
        }
    }

    fn settle(&mut self) {
        while let Some(at) = self.line.iter().position(|(_, task)| task.is_woken()) {
            self.poll(at);
        }
        // Nobody is woken, so nobody may be servable: a wake-up would have been lost.
        if let Some((min, _)) = self.line.front() {
            assert!(!self.fits(*min), "{min} bytes are free, and nobody was told");
        }
    }

    fn keep(&mut self, min: usize, buf: PooledBuf) {
        assert!(buf.is_empty() && buf.capacity() + FOOT == weight(min));
        self.held.push(buf);
    }

    fn take(&mut self, at: usize) -> Option<PooledBuf> {
        (!self.held.is_empty()).then(|| self.held.swap_remove(at % self.held.len()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_line_is_served_in_order(ops in vec(op(), 1..80), magazines: bool) {
        let config = PoolConfig::new().max_bytes(MAX).block_sizes(SMALLEST, LARGEST);
        let thread_bytes = if magazines { 1 << 20 } else { 0 };
        let pool = BufferPool::new(config.thread_bytes(thread_bytes)).unwrap();
        let mut model = Model { pool: &pool, held: Vec::new(), line: VecDeque::new() };
        for op in ops {
            model.run(op);
        }
        // In the end all are served, as soon as nobody holds anything.
        while !model.line.is_empty() {
            let left = model.line.len();
            model.held.clear();
            model.settle();
            assert!(model.line.len() < left, "{left} wait for ever");
        }
        model.held.clear();
        assert_eq!(pool.stats().outstanding, 0);
    }
}
