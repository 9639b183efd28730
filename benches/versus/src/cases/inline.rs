//! Build and drop of a few `u64`, one `push` at a time.
//!
//! The compiler does not know how many there will be, as in most code that collects: otherwise it
//! unrolls the loop and removes the spilled half of every implementation.

use core::hint::black_box;
use core::ops::Deref;

use thrifty::inline::SmallVec;

use super::Entry;

trait Build {
    fn build<const N: usize>() -> impl Deref<Target = [u64]>;
}

macro_rules! implementation {
    ($name:ident, $count:ident => $new:expr) => {
        struct $name;

        impl Build for $name {
            #[inline(always)]
            fn build<const N: usize>() -> impl Deref<Target = [u64]> {
                let $count = black_box(N);
                let mut list = $new;
                for value in 0..$count {
                    list.push(black_box(value as u64));
                }
                list
            }
        }
    };
}

implementation!(Thrifty, count => SmallVec::<[u64; 8]>::new());
implementation!(Std, count => Vec::new());
implementation!(StdSized, count => Vec::with_capacity(count));
implementation!(SmallVec2, count => smallvec2::SmallVec::<u64, 8>::new());
implementation!(Tiny, count => tinyvec::TinyVec::<[u64; 8]>::new());
implementation!(Array, count => arrayvec::ArrayVec::<u64, 8>::new());

#[inline(never)]
fn run<B: Build, const N: usize>(ops: u64) {
    for _ in 0..ops {
        black_box(&*B::build::<N>());
    }
}

fn result<B: Build, const N: usize>() -> Vec<u64> {
    B::build::<N>().to_vec()
}

const fn entry<B: Build, const N: usize>(case: &'static str, name: &'static str) -> Entry {
    Entry { case, name, run: run::<B, N>, result: result::<B, N> }
}

/// All implementations of the cases `vec-4` and `vec-8`.
pub static ENTRIES: &[Entry] = &[
    entry::<Thrifty, 4>("vec-4", "thrifty"),
    entry::<Std, 4>("vec-4", "vec"),
    entry::<StdSized, 4>("vec-4", "vec-with-capacity"),
    entry::<SmallVec2, 4>("vec-4", "smallvec"),
    entry::<Tiny, 4>("vec-4", "tinyvec"),
    entry::<Array, 4>("vec-4", "arrayvec"),
    entry::<Thrifty, 8>("vec-8", "thrifty"),
    entry::<Std, 8>("vec-8", "vec"),
    entry::<StdSized, 8>("vec-8", "vec-with-capacity"),
    entry::<SmallVec2, 8>("vec-8", "smallvec"),
    entry::<Tiny, 8>("vec-8", "tinyvec"),
    entry::<Array, 8>("vec-8", "arrayvec"),
];
