//! The scoreboard: measures every claim of the library beside its peers.

mod args;
mod callgrind;
mod claim;
mod claims;
mod contests;
mod drivers;
mod measure;
mod peers;
mod table;

use std::io::{self, ErrorKind, Write};
use std::process::{self, Command, ExitCode};

use clap::{CommandFactory, Parser};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Args;
use crate::claim::Claim;
use crate::measure::{Scoreboard, steps};
use crate::table::{Row, table};

fn main() -> ExitCode {
    let args = Args::parse();
    let claims = match args.claims() {
        Ok(claims) => claims,
        Err(text) => Args::command().error(clap::error::ErrorKind::InvalidValue, text).exit(),
    };
    let progress = progress(claims.iter().map(|claim| steps(claim, args.all)).sum());
    let mut scoreboard = Scoreboard::new(progress.clone());
    let mut rows = Vec::new();
    for claim in &claims {
        let new = scoreboard.rows(claim, args.all);
        if args.json {
            progress.suspend(|| new.iter().for_each(|row| print(&format!("{}\n", row.json()))));
        }
        rows.extend(new);
    }
    progress.finish_and_clear();
    if !args.json {
        print(&table(&rows));
        print(&legend(&claims));
    }
    for note in &scoreboard.notes {
        eprintln!("{note}");
    }
    if args.check { check(&rows) } else { ExitCode::SUCCESS }
}

/// A reader such as `head` may be gone already, which is no error.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("cannot write to the standard output: {error}");
        process::exit(1);
    }
}

/// On the standard error, and only where that is a terminal.
fn progress(steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}")
        .expect("a template of known keys");
    ProgressBar::new(steps).with_style(style)
}

fn legend(claims: &[&Claim]) -> String {
    let mut lines = vec![String::new()];
    lines.extend(claims.iter().map(|claim| format!("{}: {}", claim.case, claim.text)));
    lines.push(String::new());
    let valgrind = callgrind::version().unwrap_or_else(|| "no valgrind".to_owned());
    lines.push(format!(
        "ratio = thrifty / theirs; [low, high] is its 95 % confidence interval. Instructions and ns \
         are per operation.\nrustc {}, {}, {valgrind}; opt-level 3, fat LTO, one codegen unit.\n",
        peers::toolchain(),
        libc_version(),
    ));
    lines.join("\n")
}

/// The C library that the system allocator belongs to.
fn libc_version() -> String {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown C library".to_owned())
}

fn check(rows: &[Row]) -> ExitCode {
    let missed = rows.iter().filter(|row| row.metric.is_exact() && row.met == Some(false));
    let cases: Vec<&str> = missed.map(|row| row.case).collect();
    if cases.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("exact goals that are not met: {}", cases.join(", "));
    ExitCode::FAILURE
}
