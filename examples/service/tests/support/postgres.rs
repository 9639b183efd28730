//! PostgreSQL for a test, by `./postgres.sh`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A database of this test's own.
pub(crate) struct Postgres {
    folder: PathBuf,
    pub(crate) url: String,
}

impl Postgres {
    /// `None` where there is no PostgreSQL.
    pub(crate) fn start(name: &str) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("thrifty-{name}-{}", std::process::id()));
        let mut postgres = Self { folder, url: String::new() };
        let output = postgres.script("start");
        if output.status.code() == Some(77) {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
            return None;
        }
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().clone_into(&mut postgres.url);
        Some(postgres)
    }

    /// The first time the script chooses the port, then it is told that of the URL.
    fn script(&self, command: &str) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("postgres.sh");
        let port = self.url.rsplit_once(':').map_or("", |(_, rest)| rest);
        let port = port.trim_end_matches("/postgres");
        Command::new(script).arg(command).arg(&self.folder).arg(port).output().unwrap()
    }

    pub(crate) fn stop(&self) {
        assert!(self.script("stop").status.success());
    }

    pub(crate) fn start_again(&self) {
        assert!(self.script("start").status.success());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.script("stop");
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::fs::remove_file(self.folder.with_extension("log"));
    }
}
