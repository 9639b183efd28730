//! The request of the report, served by each variant of the shared workload.

use core::hint::black_box;

use self::support::{REQUEST, Variant};
use super::Entry;

#[path = "../../../support/mod.rs"]
mod support;

#[inline(never)]
fn serve(mut variant: impl Variant, ops: u64) {
    for _ in 0..ops {
        let response = variant.handle(black_box(REQUEST));
        assert!(black_box(response).is_ok(), "the embedded request is valid");
    }
}

fn response(mut variant: impl Variant) -> Vec<u64> {
    let response = variant.handle(REQUEST).expect("the embedded request is valid");
    response.iter().map(|&byte| u64::from(byte)).collect()
}

macro_rules! entries {
    ($($name:literal => $variant:path),* $(,)?) => {
        /// All variants in the case `request`.
        pub static ENTRIES: &[Entry] = &[
            $(
                Entry {
                    case: "request",
                    name: $name,
                    run: |ops| serve(<$variant>::new(), ops),
                    result: || response(<$variant>::new()),
                },
            )*
        ];
    };
}

entries! {
    "naive" => support::naive::Naive,
    "buffers" => support::buffers::Buffers,
    "zero_copy" => support::zero_copy::ZeroCopy,
    "inline" => support::inline::Inline,
    "numbers" => support::numbers::Numbers,
    "buffers_zero_copy" => support::buffers_zero_copy::BuffersZeroCopy,
    "zero_copy_inline" => support::zero_copy_inline::ZeroCopyInline,
    "owned" => support::owned::Owned,
    "existing" => support::existing::Existing,
    "small" => support::small::Small,
    "shared" => support::shared::Shared,
    "pooled" => support::pooled::PooledBuffers,
    "pieces" => support::pieces::Pieces,
    "best" => support::best::Best,
}
