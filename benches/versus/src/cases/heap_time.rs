//! Backends called directly, none of them installed, so that one process can alternate them.

use std::alloc::System;

use mimalloc::MiMalloc;
use thrifty::heap::{Backend, ByEnv, Mimalloc};

use super::Entry;
use super::values::{behaviour, pair};

static BY_ENV: ByEnv = ByEnv::new("THRIFTY_ALLOC").or(Backend::Mimalloc);

macro_rules! entries {
    ($($name:literal => $allocator:expr),* $(,)?) => {
        /// All backends in the case `pair-64`.
        pub static ENTRIES: &[Entry] = &[$(
            Entry {
                case: "pair-64",
                name: $name,
                run: |ops| pair(&$allocator, ops),
                result: || behaviour(&$allocator),
            },
        )*];
    };
}

entries! {
    "thrifty" => BY_ENV,
    "fixed" => Mimalloc,
    "mimalloc" => MiMalloc,
    "system" => System,
}
