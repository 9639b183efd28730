# shellcheck shell=bash
# What all lanes share. A lane sources this file, then stands in the root of the repository.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# One folder for every package and feature set: a dependency is compiled once.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target/ci}"
mkdir -p "$CARGO_TARGET_DIR"
# Many feature sets, each built once: incremental files would only be written.
export CARGO_INCREMENTAL=0
# Ledgers are strict here (with the toolchain of .ci/toolchain), and nothing asks a question.
export CI=true
export CARGO_LLVM_COV_SETUP=no
export CARGO_TERM_COLOR=never
# A toolchain that is missing stays missing.
export RUSTUP_AUTO_INSTALL=0
# A backtrace in a test that panics on purpose costs seconds, and hides what the message says.
unset RUST_BACKTRACE

die() {
    echo "error: $*" >&2
    exit 1
}

# The last line of a lane: its figures.
figures() {
    echo "figures: $*"
}

# The rooms: each is a folder in src, and a feature of the same name.
rooms() {
    local door
    for door in src/*/mod.rs; do
        door=${door%/mod.rs}
        [[ $door == src/guide ]] || echo "${door#src/}"
    done
}

# The packages with a lock file of their own.
other_packages() {
    git ls-files -co --exclude-standard -- '*/Cargo.toml' | sort
}

# Runs a command and adds the tests that passed to $tests_passed.
tests_passed=0
counted() {
    local log count
    # A lane with other flags has a folder of its own, which is new the first time.
    mkdir -p "$CARGO_TARGET_DIR"
    log=$(mktemp "$CARGO_TARGET_DIR/counted.XXXXXX")
    echo "+ $*"
    "$@" 2>&1 | tee "$log"
    count=$(awk '/^test result: ok\./ { sum += $4 } END { print sum + 0 }' "$log")
    rm -f "$log"
    tests_passed=$((tests_passed + count))
}

# The command and what it runs, on one line above its output.
shown() {
    echo "+ $*" >&2
    "$@"
}

# A lane that ran no test has checked nothing.
test_figures() {
    ((tests_passed > 0)) || die "no test ran"
    figures "$tests_passed tests passed${1:+, $1}"
}

# block MARKER FILE: the lines of the first code block below the line that begins with MARKER.
block() {
    awk -v marker="$1" '
        index($0, marker) == 1 { below = 1; next }
        below && /^```/ { if (inside) exit; inside = 1; next }
        inside { print }
    ' "$2"
}

# in_order EXPECTED ACTUAL: every line of EXPECTED stands in a line of ACTUAL, in the same order.
# Blank lines and lines of three dots match anything; blanks at the start of a line do not count.
in_order() {
    awk '
        NR == FNR {
            sub(/^[ \t]+/, ""); sub(/[ \t]+$/, "")
            if ($0 != "" && $0 != "...") want[++count] = $0
            next
        }
        found < count && index($0, want[found + 1]) { found++ }
        END {
            if (count == 0) { print "nothing is expected" > "/dev/stderr"; exit 1 }
            if (found < count) { print "not found: " want[found + 1] > "/dev/stderr"; exit 1 }
        }
    ' "$1" "$2"
}

# A folder that is gone when the lane ends.
scratch() {
    scratch_dir=$(mktemp -d "$CARGO_TARGET_DIR/scratch.XXXXXX")
    trap 'rm -rf "$scratch_dir"' EXIT
}

# unstable_rustdoc FILE: writes a rustdoc that may do what is unstable, with the stable toolchain, to be
# named by RUSTDOC. Only it hears of the variable: heard by the compiler, it would build every crate
# again.
unstable_rustdoc() {
    printf '#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n' >"$1"
    chmod +x "$1"
}

# snapshot DIR: the repository as a fresh clone would have it, in one commit, with the changes that
# are not committed yet: nothing that git ignores can leak in.
snapshot() {
    local list
    mkdir -p "$1"
    list=$(mktemp "$CARGO_TARGET_DIR/files.XXXXXX")
    git ls-files -co --exclude-standard | while IFS= read -r file; do
        if [[ -f $file ]]; then echo "$file"; fi
    done >"$list"
    tar -cf - -T "$list" | tar -xf - -C "$1"
    rm -f "$list"
    git -C "$1" init -q
    git -C "$1" add -A
    git -C "$1" -c user.name=ci -c user.email=ci@localhost -c commit.gpgsign=false commit -qm snapshot
}

# need_valgrind: installs it where it is missing, as root or by sudo.
need_valgrind() {
    command -v valgrind >/dev/null && return
    local sudo=()
    ((EUID == 0)) || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" apt-get install -y -qq valgrind
}

# Where examples/service/postgres.sh looks for it.
have_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

# need_postgres: likewise, but nothing fails without it: what needs it says that it is skipped.
need_postgres() {
    have_postgres && return
    local sudo=()
    ((EUID == 0)) || sudo=(sudo -n)
    { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -y -qq postgresql; } ||
        echo "PostgreSQL cannot be installed here"
}

# The triple that this machine's compiler builds for.
host() {
    rustc -vV | sed -n 's/^host: //p'
}

have_nightly() {
    cargo +nightly --version >/dev/null 2>&1
}

# skip_without_nightly TOOL: ends the lane, and says so where its figures would stand. None is installed.
skip_without_nightly() {
    have_nightly && return
    figures "skipped: $1 needs a nightly toolchain, and there is none"
    exit 0
}
