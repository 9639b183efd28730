//! The tidy test: what the compiler and clippy do not check about this crate.
//!
//! | rule | file | asks |
//! |---|---|---|
//! | pairs | `house/pairs.rs` | every block has its test, ledger, benchmark and example |
//! | allocation | `house/allocation.rs` | every public function says what it allocates |
//! | sweeps | `house/sweeps.rs` | what a block may allocate is swept by its fault test |
//! | tables | `house/tables.rs` | tables in README and docs equal the ledgers |
//! | versus | `house/versus.rs` | the comparison has the scoreboard's figures, and names its peers |
//! | guide | `house/guide.rs` | the guide has a row for each advice and each block |
//! | chart | `house/chart.rs` | the chart in README is drawn from the ledger of the report |
//! | features | `house/features.rs` | `Cargo.toml`, `src/lib.rs` and README list the same features |
//! | rooms | `house/rooms.rs` | a room imports only the rooms it may |
//! | seeded | `house/seeded.rs` | the bugs sown in the code are those of `tests/seeded/bugs.txt` |
//! | shape | `house/shape.rs` | no file above 800 lines; `lib.rs` and `mod.rs` only re-export |
//! | words | `house/words.rs` | no exception without a reason, nothing left for later |
//! | dependencies | `house/dependencies.rs` | the default build stays small |
//!
//! A rule is a function from text to complaints. It is tried twice: here on the crate itself, and
//! in its own file on small bad examples, so that each complaint has been seen. In the packed crate
//! the rules check what is there.
//!
//! ```text
//! cargo test --test house            # check
//! BLESS=1 cargo test --test house    # tables of README and docs, and the chart, from the ledgers
//! ```

#[path = "house/allocation.rs"]
mod allocation;
#[path = "house/chart.rs"]
mod chart;
#[path = "house/dependencies.rs"]
mod dependencies;
#[path = "house/features.rs"]
mod features;
#[path = "house/guide.rs"]
mod guide;
#[path = "house/pairs.rs"]
mod pairs;
#[path = "house/rooms.rs"]
mod rooms;
#[path = "house/seeded.rs"]
mod seeded;
#[path = "house/shape.rs"]
mod shape;
#[path = "house/sweeps.rs"]
mod sweeps;
#[path = "house/tables.rs"]
mod tables;
#[path = "house/tree.rs"]
mod tree;
#[path = "house/versus.rs"]
mod versus;
#[path = "house/words.rs"]
mod words;

use pairs::{
    Block,
    Kind::{Backend, Own, PartOf, Reexport, Tool},
};
use tree::{Complaint, assert_tidy, sources};

/// Every block: its room, its name, and the pairs it must have (see [`pairs::Kind`]).
///
/// A new file in `src/ROOM` gets a row here; a row whose files are gone is a failure too.
const BLOCKS: &[Block] = &[
    Block("inline", "small_vec", Reexport),
    Block("inline", "array_vec", Reexport),
    Block("inline", "array_string", Reexport),
    Block("inline", "small_map", Own),
    Block("inline", "small_map/entry", PartOf("small_map")),
    Block("inline", "small_map/error", PartOf("small_map")),
    Block("inline", "small_map/half", PartOf("small_map")),
    Block("inline", "small_map/heap", PartOf("small_map")),
    Block("inline", "small_map/impls", PartOf("small_map")),
    Block("inline", "small_map/iter", PartOf("small_map")),
    Block("inline", "small_map/room", PartOf("small_map")),
    Block("inline", "small_map/serde", PartOf("small_map")),
    Block("inline", "small_map/slot", PartOf("small_map")),
    Block("inline", "small_map/store", PartOf("small_map")),
    Block("inline", "small_set", Own),
    Block("inline", "small_set/impls", PartOf("small_set")),
    Block("inline", "small_set/iter", PartOf("small_set")),
    Block("inline", "small_set/ops", PartOf("small_set")),
    Block("inline", "small_set/serde", PartOf("small_set")),
    Block("inline", "small_string", Own),
    Block("inline", "small_string/chars", PartOf("small_string")),
    Block("inline", "small_string/compare", PartOf("small_string")),
    Block("inline", "small_string/convert", PartOf("small_string")),
    Block("inline", "small_string/drain", PartOf("small_string")),
    Block("inline", "small_string/make", PartOf("small_string")),
    Block("inline", "small_string/room", PartOf("small_string")),
    Block("inline", "small_string/serde", PartOf("small_string")),
    Block("inline", "capacity", PartOf("small_string")),
    Block("inline", "concat", PartOf("small_string")),
    Block("inline", "digits", PartOf("small_string")),
    Block("inline", "format", PartOf("small_string")),
    Block("share", "clone_from", Own),
    Block("share", "cow", Own),
    Block("share", "fields", Own),
    Block("share", "fields/error", PartOf("fields")),
    Block("share", "fields/iter", PartOf("fields")),
    Block("share", "fields/marks", PartOf("fields")),
    Block("share", "fields/spans", PartOf("fields")),
    Block("share", "str", Own),
    Block("share", "str/compare", PartOf("str")),
    Block("share", "str/convert", PartOf("str")),
    Block("share", "str/count", PartOf("str")),
    Block("share", "str/cuts", PartOf("str")),
    Block("share", "str/error", PartOf("str")),
    Block("share", "str/pattern", PartOf("str")),
    Block("share", "str/repr", PartOf("str")),
    Block("share", "str/repr/header", PartOf("str")),
    Block("share", "str/repr/lent", PartOf("str")),
    Block("share", "str/repr/pool", PartOf("str")),
    Block("share", "str/repr/reserve", PartOf("str")),
    Block("share", "str/serde", PartOf("str")),
    Block("share", "str/slicer", PartOf("str")),
    Block("share", "str/slices", PartOf("str")),
    Block("share", "str/source", PartOf("str")),
    Block("pool", "scratch", Own),
    Block("pool", "objects", Own),
    Block("pool", "reset", PartOf("objects")),
    Block("pool", "arena", Own),
    Block("pool", "recycle", Own),
    Block("fault", "failing", Tool),
    Block("fault", "sweep", Tool),
    Block("fault", "infallible", Tool),
    Block("fault", "layouts", Tool),
    Block("fault", "bomb", Tool),
    Block("fault", "panics", PartOf("bomb")),
    Block("fault", "ledger", PartOf("bomb")),
    Block("heap", "by_feature", Backend),
    Block("heap", "by_env", Backend),
    Block("heap", "choice", PartOf("by_env")),
    Block("heap", "environment", PartOf("by_env")),
    Block("heap", "selection", PartOf("by_env")),
    Block("heap", "with_mimalloc", Backend),
    Block("heap", "with_jemalloc", Backend),
    Block("heap", "mallctl", PartOf("with_jemalloc")),
    Block("heap", "active", Backend),
    Block("heap", "assert", PartOf("active")),
    Block("heap", "backend", PartOf("active")),
    Block("heap", "tuning", Tool),
    Block("heap", "tuning/applied", PartOf("tuning")),
    Block("heap", "tuning/at_start", PartOf("tuning")),
    Block("heap", "tuning/environment", PartOf("tuning")),
    Block("heap", "tuning/glibc", PartOf("tuning")),
    Block("heap", "tuning/jemalloc", PartOf("tuning")),
    Block("heap", "tuning/mimalloc", PartOf("tuning")),
    Block("heap", "version", PartOf("active")),
    Block("heap", "stats", Tool),
    Block("heap", "prometheus", PartOf("stats")),
    Block("heap", "with_glibc", PartOf("stats")),
    Block("heap", "rss", Tool),
    Block("heap", "kept", PartOf("rss")),
    Block("heap", "procfs", PartOf("rss")),
    Block("heap", "purge", Tool),
    Block("pool", "buffer_pool", Own),
    Block("pool", "block", PartOf("buffer_pool")),
    Block("pool", "buf", PartOf("buffer_pool")),
    Block("pool", "buf_traits", PartOf("buffer_pool")),
    Block("pool", "config", PartOf("buffer_pool")),
    Block("pool", "error", PartOf("buffer_pool")),
    Block("pool", "frozen", PartOf("buffer_pool")),
    Block("pool", "refs", PartOf("buffer_pool")),
    Block("pool", "stats", PartOf("buffer_pool")),
    Block("pool", "supply", PartOf("buffer_pool")),
    Block("pool", "text", PartOf("buffer_pool")),
    Block("pool", "engine/budget", PartOf("buffer_pool")),
    Block("pool", "engine/core", PartOf("buffer_pool")),
    Block("pool", "engine/depot", PartOf("buffer_pool")),
    Block("pool", "engine/local", PartOf("buffer_pool")),
    Block("pool", "engine/lock", PartOf("buffer_pool")),
    Block("pool", "engine/queue", PartOf("acquire")),
    Block("pool", "engine/slot", PartOf("buffer_pool")),
    Block("pool", "engine/table", PartOf("buffer_pool")),
    Block("pool", "engine/tag", PartOf("buffer_pool")),
    Block("pool", "engine/waiting", PartOf("acquire")),
    Block("pool", "engine/wanted", PartOf("buffer_pool")),
    Block("pool", "acquire", Own),
    Block("pool", "body", Own),
    Block("pool", "read_async", Own),
    Block("meter", "metered", Tool),
    Block("meter", "scope", Tool),
    Block("meter", "usage", PartOf("scope")),
    Block("meter", "assert", Tool),
    Block("meter", "budget", Tool),
    Block("meter", "future", Tool),
    Block("meter", "heap_line", Tool),
    Block("meter", "lengths", Tool),
    Block("meter", "clones", Tool),
    Block("meter", "snapshot", Tool),
    Block("meter", "allocs_file", PartOf("snapshot")),
    Block("meter", "verdict", PartOf("snapshot")),
    Block("meter", "whole_file", PartOf("snapshot")),
    Block("meter", "baseline", PartOf("heap_line")),
    Block("meter", "baseline/compare", PartOf("heap_line")),
    Block("meter", "baseline/json", PartOf("heap_line")),
    Block("meter", "advise", Tool),
    Block("meter", "advise/json", PartOf("advise")),
    Block("meter", "json", PartOf("advise")),
    Block("meter", "advise/kind", PartOf("advise")),
    Block("meter", "advise/place", PartOf("advise")),
    Block("meter", "advise/record", PartOf("advise")),
    Block("meter", "advise/remedy", PartOf("advise")),
    Block("meter", "advise/site", PartOf("advise")),
    Block("meter", "counters", PartOf("metered")),
    Block("meter", "local", PartOf("metered")),
    Block("meter", "registry", PartOf("metered")),
    Block("meter", "stack", PartOf("assert")),
    Block("meter", "trace", PartOf("assert")),
    Block("meter", "watch", PartOf("assert")),
];

#[test]
fn every_block_has_its_pairs() {
    assert_tidy(&pairs::check(BLOCKS, &tree::all_paths()));
}

#[test]
fn every_public_function_says_what_it_allocates() {
    assert_tidy(&allocation::check(&sources(&["src"], "rs")));
}

#[test]
fn tables_equal_the_ledgers() {
    let bless = std::env::var_os("BLESS").is_some();
    assert_tidy(&tables::check_tree(bless));
}

#[test]
fn the_guide_answers_every_advice_and_has_every_block() {
    let read = |path| tree::read(path).expect("src is complete, in the packed crate too");
    let (kinds, remedies) = (read("src/meter/advise/kind.rs"), read("src/meter/advise/remedy.rs"));
    let mut complaints = guide::check_advice(&kinds, &remedies, &read("src/guide/read.rs"));
    complaints.extend(guide::check_choosing(BLOCKS, &read("src/guide/choosing.rs")));
    // The packed crate has no scoreboard.
    let scoreboard = ["benches/versus/Cargo.toml", "benches/versus/Cargo.lock"].map(tree::read);
    if let [Some(manifest), Some(lock)] = scoreboard {
        complaints.extend(versus::check(&manifest, &lock, &read("src/guide/comparison.rs")));
    }
    assert_tidy(&complaints);
}

#[test]
fn the_chart_equals_the_ledger() {
    let bless = std::env::var_os("BLESS").is_some();
    assert_tidy(&chart::check_tree(bless));
}

#[test]
fn features_are_listed_alike_everywhere() {
    // The packed crate's `Cargo.toml` is written by Cargo, without comments; the original is beside it.
    let manifest = tree::read("Cargo.toml.orig").or_else(|| tree::read("Cargo.toml"));
    assert_tidy(&features::check(
        &manifest.expect("Cargo.toml is readable"),
        &tree::read("src/lib.rs").expect("src/lib.rs is readable"),
        tree::read("README.md").as_ref(),
    ));
}

#[test]
fn rooms_import_only_what_they_may() {
    assert_tidy(&rooms::check(&sources(&["src"], "rs")));
}

#[test]
fn files_keep_their_shape() {
    let everything = sources(&["src", "tests", "benches", "examples"], "rs");
    let mut complaints = shape::check_length(&everything);
    complaints.extend(shape::check_front_doors(&sources(&["src"], "rs")));
    assert_tidy(&complaints);
}

#[test]
fn what_may_allocate_is_swept() {
    let test = |block: &str| Some(tree::read(&format!("tests/fault/{block}.rs"))?.text);
    assert_tidy(&sweeps::check(BLOCKS, &sources(&["src"], "rs"), test));
}

#[test]
fn seeded_bugs_stand_in_their_table() {
    let table = tree::read("tests/seeded/bugs.txt").expect("tests/seeded/bugs.txt is readable");
    let rooms = ["fault", "heap", "inline", "meter", "pool", "share"];
    assert_tidy(&seeded::check(&sources(&["src"], "rs"), &table.text, &rooms));
}

#[test]
fn nothing_is_left_for_later() {
    let code = sources(&["src", "tests", "benches", "examples"], "rs");
    let mut complaints = words::check_attributes(&code);
    complaints.extend(words::check_words(&code));
    complaints.extend(words::check_words(&tree::prose()));
    assert_tidy(&complaints);
}

#[test]
fn the_default_build_stays_small() {
    let manifest = tree::read("Cargo.toml").expect("Cargo.toml is readable");
    let mut complaints = dependencies::check_build_script(&manifest, tree::exists("build.rs"));
    match dependencies::cargo_tree() {
        Ok(listed) => complaints.extend(dependencies::check_tree(&listed)),
        // At a reader's, Cargo may be absent or its cache incomplete; in CI it may not.
        Err(why) if std::env::var_os("CI").is_some() => {
            complaints.push(Complaint::new("Cargo.toml", 1, "dependencies", why));
        }
        Err(why) => eprintln!("note: dependencies not counted: {why}"),
    }
    assert_tidy(&complaints);
}
