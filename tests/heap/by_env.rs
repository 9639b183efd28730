//! The environment chooses: this binary starts itself again with every value there is.

use std::alloc::{GlobalAlloc, Layout};
use std::env;
use std::ffi::OsStr;
use std::process::Command;
use std::{fs, panic, thread};

use thrifty::heap::{self, Backend, ByEnv, ByFeature, Reason};

use super::{VARIABLE, keeps_the_contract, provable};

/// What a process said about itself.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    active: Option<Backend>,
    backend: Backend,
    reason: String,
    asked: Option<String>,
}

/// Set in the processes that `start` starts.
const CHILD: &str = "THRIFTY_TEST_CHILD";

/// Starts this binary again for one test, which says what it sees.
fn start(value: Option<&OsStr>) -> Said {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "by_env::a_process_of_its_own", "--nocapture"]).env(CHILD, "1");
    match value {
        Some(value) => command.env(VARIABLE, value),
        None => command.env_remove(VARIABLE),
    };
    let output = command.output().unwrap();
    assert!(output.status.success(), "{value:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
    };
    Said {
        active: field("active").parse().ok(),
        backend: field("backend").parse().unwrap(),
        reason: field("reason"),
        asked: field("asked").strip_prefix("text ").map(str::to_owned),
    }
}

/// The other end of `start`; among the other tests there is nobody to tell.
#[test]
fn a_process_of_its_own() {
    if env::var_os(CHILD).is_none() {
        return;
    }
    let selection = heap::selection().unwrap();
    println!();
    println!("active: {}", heap::active().map_or("nobody", Backend::name));
    println!("backend: {}", selection.backend());
    println!("reason: {:?}", selection.reason());
    println!(
        "asked: {}",
        selection.asked().map_or_else(|| "none".into(), |text| format!("text {text}"))
    );
    assert_eq!(selection.missing_default(), None);
    every_block_goes_back_to_its_maker();
    assert_eq!(heap::selection(), Some(selection));
}

/// A block that goes back to another allocator brings the process down, or stays for ever.
fn every_block_goes_back_to_its_maker() {
    const SIZE: usize = 64 << 10;
    const BLOCKS: usize = 500;
    let before = resident();
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Vec<u8>>(8);
    let elsewhere = thread::spawn(move || receiver.iter().map(|block| block.len()).sum::<usize>());
    for n in 0..BLOCKS {
        let mut block = Vec::with_capacity(1 + n % 40);
        block.resize(SIZE, 1);
        sender.send(block).unwrap();
        drop(vec![0_u8; SIZE]);
        let aligned = Layout::from_size_align(SIZE, 4096).unwrap();
        // SAFETY: the size is above zero.
        let block = unsafe { std::alloc::alloc(aligned) };
        // SAFETY: the block is live and this long.
        unsafe { block.write_bytes(1, SIZE) };
        // SAFETY: the block is live, with this layout.
        unsafe { std::alloc::dealloc(block, aligned) };
    }
    drop(sender);
    assert_eq!(elsewhere.join().unwrap(), BLOCKS * SIZE);
    // Three times as many bytes went through; far less may have stayed.
    let grown = resident().saturating_sub(before);
    assert!(grown < BLOCKS * SIZE / 2, "{grown} bytes stayed");
}

/// Resident bytes, 0 where the kernel does not tell.
fn resident() -> usize {
    let Ok(text) = fs::read_to_string("/proc/self/statm") else { return 0 };
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn said(backend: Backend, reason: Reason, asked: Option<&str>) -> Said {
    Said {
        active: provable(backend),
        backend,
        reason: format!("{reason:?}"),
        asked: asked.map(str::to_owned),
    }
}

const ALL: [Backend; 3] = [Backend::System, Backend::Mimalloc, Backend::Jemalloc];
const DEFAULT: Backend = ByFeature::BACKEND;

#[test]
#[cfg(unix)]
fn a_name_chooses_its_backend_where_it_is_compiled_in() {
    for backend in ALL {
        let name = backend.name();
        let expected = if Backend::compiled().contains(&backend) {
            said(backend, Reason::Asked, Some(name))
        } else {
            said(DEFAULT, Reason::NotCompiled, Some(name))
        };
        assert_eq!(start(Some(name.as_ref())), expected);
    }
}

#[test]
#[cfg(unix)]
fn case_and_white_space_do_not_matter() {
    for value in ["SYSTEM", "System", " system", "system\t ", "  sYsTeM "] {
        let expected = said(Backend::System, Reason::Asked, Some(value));
        assert_eq!(start(Some(value.as_ref())), expected);
    }
}

#[test]
#[cfg(unix)]
fn nothing_takes_the_default() {
    assert_eq!(start(None), said(DEFAULT, Reason::Absent, None));
    assert_eq!(start(Some("".as_ref())), said(DEFAULT, Reason::Absent, None));
    assert_eq!(start(Some("  ".as_ref())), said(DEFAULT, Reason::Absent, Some("  ")));
}

#[test]
#[cfg(unix)]
fn garbage_takes_the_default_and_is_told() {
    use std::os::unix::ffi::OsStrExt;

    let unknown = |asked| said(DEFAULT, Reason::Unknown, Some(asked));
    for name in ["nonsense", "sys", "systems", "system,mimalloc", "-", "sys tem", "über"] {
        assert_eq!(start(Some(name.as_ref())), unknown(name));
    }
    assert_eq!(start(Some(OsStr::from_bytes(b"\xFFsystem"))), unknown("?system"));
    assert_eq!(start(Some(OsStr::from_bytes(b"ab\xC3"))), unknown("ab?"));
    // Cut at 40 bytes, between two characters.
    let long = "x".repeat(100_000);
    assert_eq!(start(Some(long.as_ref())), unknown(&long[..40]));
    let wide = format!("x{}", "ü".repeat(100));
    assert_eq!(start(Some(wide.as_ref())), unknown(&wide[..39]));
    // A name after a lot of white space is a name.
    let late = format!("{}system", " ".repeat(60));
    let expected = said(Backend::System, Reason::Asked, Some(&late[..40]));
    assert_eq!(start(Some(late.as_ref())), expected);
}

/// There is one choice for the process: a second instance joins it, whatever its own variable says.
#[test]
fn by_env_keeps_the_contract() {
    let selection = heap::selection();
    keeps_the_contract(&ByEnv::new("THRIFTY_NO_SUCH_VARIABLE").or(Backend::System));
    assert_eq!(heap::selection(), selection);
}

#[test]
fn half_of_the_address_space_is_refused_by_null() {
    let allocator = ByEnv::new("THRIFTY_NO_SUCH_VARIABLE");
    let largest = isize::MAX.cast_unsigned();
    for size in [largest, largest - 1, largest - 6, largest - 7, largest - 8] {
        let layout = Layout::from_size_align(size, 1).unwrap();
        // SAFETY: the size is above zero.
        assert!(unsafe { allocator.alloc(layout) }.is_null());
        // SAFETY: the size is above zero.
        assert!(unsafe { allocator.alloc_zeroed(layout) }.is_null());
        let small = Layout::from_size_align(3, 1).unwrap();
        // SAFETY: the size is above zero.
        let block = unsafe { allocator.alloc(small) };
        // SAFETY: the block is live, with this layout; its first three bytes may be written.
        unsafe { block.write_bytes(7, 3) };
        // SAFETY: the block is live, with this layout; the size is above zero and does not overflow.
        assert!(unsafe { allocator.realloc(block, small, size) }.is_null());
        // SAFETY: a failed request leaves the block as it is.
        assert_eq!(unsafe { std::slice::from_raw_parts(block, 3) }, [7, 7, 7]);
        // SAFETY: the block is live, with this layout.
        unsafe { allocator.dealloc(block, small) };
    }
}

#[cfg(feature = "meter")]
#[test]
fn it_composes_with_the_other_wrappers() {
    keeps_the_contract(&thrifty::meter::Metered::new(ByEnv::new("X")));
    #[cfg(feature = "fault")]
    keeps_the_contract(&thrifty::fault::Failing::new(thrifty::meter::Metered::new(ByEnv::new(
        "X",
    ))));
}

#[test]
fn pages_of_zeroes_stay_untouched() {
    let before = resident();
    let zeroed = vec![0_u8; 256 << 20];
    assert!(resident() < before + (128 << 20), "{} bytes were touched", resident() - before);
    drop(std::hint::black_box(zeroed));
}

/// With `realloc` as alloc, copy and free each step would touch all pages anew, of two blocks.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn growing_stays_growing() {
    if heap::active() != Some(Backend::System) {
        return; // Only glibc moves pages in place of bytes.
    }
    let mut block = Vec::<u8>::new();
    block.reserve_exact(64 << 20);
    let faults_before = faults();
    block.reserve_exact(1 << 30);
    assert!(faults() < faults_before + 1000);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn faults() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/stat").unwrap();
    // The tenth field; the second one is the name, in parentheses.
    text.rsplit(')').next().unwrap().split(' ').nth(8).unwrap().parse().unwrap()
}

#[test]
fn a_bad_name_is_refused() {
    let long = "x".repeat(64).leak();
    let cases: [(&'static str, &str); 4] = [
        ("", "needs a name"),
        (long, "over 63 bytes"),
        ("A=B", "`=` or NUL"),
        ("A\0", "`=` or NUL"),
    ];
    for (name, part) in cases {
        let panic = panic::catch_unwind(|| ByEnv::new(name)).unwrap_err();
        let text = panic.downcast_ref::<&str>().unwrap();
        assert!(text.contains(part), "{text}");
    }
    let _ = ByEnv::new(&long[..63]);
}
