//! Build profiles: what each setting brought, those that bring nothing included.
//!
//! A profile counts in the package that is built, never in one that is depended on: copy what you take
//! into your own `Cargo.toml`. This crate's has the comments, and a profile `fast`:
//!
//! ```toml
//! [profile.fast]
//! inherits = "release"
//! lto = "fat"
//! codegen-units = 1
//! strip = "symbols"
//! ```
//!
//! # Measured
//!
//! ```text
//! .ci/lane/profiles
//! ```
//!
//! builds the report's request each way, and counts the instructions of one request of three variants
//! on the system's allocator, and the size of the program, as built and without symbols (rustc 1.95,
//! LLVM 22, x86-64, glibc 2.36). Instructions are exact, and no time: they do not see caches and system
//! calls.
//!
//! | profile | `naive` | `existing` | `shared` | KiB | KiB stripped |
//! |---|--:|--:|--:|--:|--:|
//! | release, as Cargo has it | 119878 | 53951 | 55298 | 5089 | 1008 |
//! | `opt-level = 2` | 120245 | 54468 | 55862 | 5090 | 1004 |
//! | `opt-level = "s"` | 152372 | 77277 | 77910 | 5117 | 944 |
//! | `codegen-units = 1` | 116897 | 51801 | 52919 | 4996 | 981 |
//! | `lto = "thin"` | 117799 | 54034 | 55406 | 3069 | 982 |
//! | `lto = "fat"` | 114153 | 50270 | 51441 | 2801 | 910 |
//! | `panic = "abort"` | 119388 | 53730 | 55165 | 4905 | 880 |
//! | `strip = "symbols"` | 119878 | 53951 | 55298 | 1008 | 1008 |
//! | `fast`: fat LTO, one unit, stripped | 112850 | 50330 | 51492 | 926 | 926 |
//! | `fast`, `-C target-cpu=x86-64-v3` | 111834 | 48850 | 49949 | 920 | 920 |
//! | `fast` with PGO, an upper bound | 95152 | 38961 | 40331 | 1174 | 1174 |
//!
//! - **`opt-level = 2` and `lto = "thin"` bring next to nothing** here; thin LTO makes the program smaller
//!   before it is stripped.
//! - **`panic = "abort"` brings size**, and hardly instructions. With it one panic in one request ends the
//!   server.
//! - **One unit brings 2 to 4 %**, fat LTO 5 to 7 %, and both together hardly more than fat LTO.
//! - **`target-cpu` brings 1 to 3 %**, and a program that does not start on older machines.
//! - **`opt-level = "s"` costs a quarter to two fifths**, for 6 % of the size.
//! - **PGO brings 16 to 23 % on top of `fast`**, more for code that does not allocate. It is the largest
//!   lever here after not allocating, and neither takes from the other.
//! - All of them together, PGO included, are less than what not allocating brings: compare the columns, not the rows.
//!
//! # PGO
//!
//! The compiler sees where a run really went, and lays the code out for it. `.ci/pgo` does it for any
//! program that ends by itself: copy the script.
//!
//! ```text
//! .ci/pgo --profile fast --example report -- --quick
//! ```
//!
//! It builds with `-Cprofile-generate`, runs what follows `--`, merges the profiles with
//! `llvm-profdata`, and builds again with `-Cprofile-use`. Four traps, which it knows:
//!
//! - **A profile is written at a normal exit.** A server that is killed leaves none: it needs a way to
//!   stop that returns from `main`.
//! - **`llvm-profdata` must read what rustc writes.** `rustup component add llvm-tools` gives the one that
//!   does; a distribution's must be new enough (for rustc 1.95, Debian's llvm-19 is, its llvm-14 is not).
//! - **Build scripts and procedural macros write profiles too**, unless `--target` is given.
//! - **It learns what it is shown.** Trained on the very requests that are then measured, as in the table,
//!   it is an upper bound. Train on a replay of real traffic.
//!
//! # What is in the program
//!
//! Size is seldom what matters on a server, but it tells what was instantiated too often:
//!
//! ```text
//! cargo install cargo-bloat
//! cargo bloat --release --example report --crates     # whose code it is
//! cargo bloat --release --example report -n 20        # the largest functions
//! cargo bloat --release --example report --filter serde_json
//! ```
//!
//! Many copies of one generic function are many types that it was used with: a `SmallVec` of each length
//! is a type of its own, so use few different `N`.
//!
//! # Take something else when
//!
//! - **the handler waits more than it computes:** none of this shows.
//! - **build time hurts:** `lto = "thin"` has most of it; keep `fast` for what is shipped.
