//! The measured side of the scoreboard: the cases, and what every driver program does.
//!
//! The programs in `src/bin` each pick a global allocator and a list of cases; the scoreboard
//! (`src/main.rs`) builds them, runs them and compares their figures.

pub mod cases;
#[cfg(feature = "pinned")]
mod cores;
pub mod driver;
pub mod threads;
pub mod time;
