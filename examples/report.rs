//! What one request costs on the heap and in time, on your machine: the main job of this crate.
//!
//! ```text
//! cargo run --release --example report                 # a table, and what to do next
//! cargo run --release --example report -- --help       # all options
//! ```
//!
//! A real HTTP request is served in several ways (`benches/support/`), from what most back ends
//! write to what allocates nearly nothing. This process counts, exactly. The times come from
//! processes that do not count: the program starts itself again for them.

#[path = "report/advice.rs"]
mod advice;
#[path = "common/again.rs"]
mod again;
#[path = "report/allocator.rs"]
mod allocator;
#[path = "report/build.rs"]
mod build;
#[path = "report/chart.rs"]
mod chart;
#[path = "report/check.rs"]
mod check;
#[path = "report/cli.rs"]
mod cli;
#[path = "report/count.rs"]
mod count;
#[path = "common/layout.rs"]
mod layout;
#[path = "common/machine.rs"]
mod machine;
#[path = "report/model.rs"]
mod model;
#[path = "common/output.rs"]
mod output;
#[path = "report/parent.rs"]
mod parent;
#[path = "common/progress.rs"]
mod progress;
#[path = "report/request.rs"]
mod request;
#[path = "report/run.rs"]
mod run;
#[path = "common/stats.rs"]
mod stats;
#[path = "report/steady.rs"]
mod steady;
#[path = "../benches/support/mod.rs"]
mod support;
#[path = "report/table.rs"]
mod table;
#[path = "report/text.rs"]
mod text;
#[path = "report/timed.rs"]
mod timed;
#[path = "common/versions.rs"]
mod versions;

use std::process::ExitCode;

fn main() -> ExitCode {
    let options = cli::Options::read();
    match run::run(&options) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
