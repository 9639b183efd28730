//! A library with its own `ByEnv`, loaded beside a program that runs on another backend.

use std::env;
use std::ffi::{CStr, CString, OsStr, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::{mem, thread};

use libtest_mimic::{Failed, Trial};
use thrifty::fault::live_blocks;
use thrifty::heap::{self, Backend};

use super::builds;
use crate::begin;
use crate::block::Block;
use crate::each_backend::child;
use crate::makers::maker;

/// Names the library's backend: its static has the same text.
const BACKEND: &str = "THRIFTY_TEST_LIBRARY_BACKEND";
/// Where the library is.
const LIBRARY: &str = "THRIFTY_TEST_LIBRARY";

/// Each pair of backends.
pub(super) fn trials() -> Vec<Trial> {
    let all = Backend::compiled();
    let pairs = all.iter().flat_map(|&program| all.iter().map(move |&library| (program, library)));
    let trial = |(program, library): (Backend, Backend)| {
        let name = format!("{program}, beside::a_library on {library}");
        Trial::test(name, move || beside(program, library)).with_ignored_flag(true)
    };
    pairs.map(trial).collect()
}

fn beside(program: Backend, library: Backend) -> Result<(), Failed> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if BUILT.get().is_none() {
        let folder = builds::build("heap_torture_library", &[])?;
        let _ = BUILT.set(folder.join("libheap_torture_library.so"));
    }
    let path = BUILT.get().ok_or("not built")?;
    let mut variables = vec![(BACKEND, OsStr::new(library.name())), (LIBRARY, path.as_os_str())];
    if cfg!(all(feature = "jemalloc", not(feature = "local-dynamic-tls"))) {
        // Its 2 KiB of thread-locals want room in what glibc sets aside for libraries to come.
        variables.push(("GLIBC_TUNABLES", OsStr::new("glibc.rtld.optional_static_tls=8192")));
    }
    child(program, "beside::a_library", &variables)
}

/// What `library.rs` exports.
struct Library {
    handle: *mut c_void,
    selected: Ask,
    active: Ask,
    make: Make,
    free: Free,
    works: Work,
}

impl Library {
    fn load() -> Self {
        let path = CString::new(env::var_os(LIBRARY).unwrap().as_bytes()).unwrap();
        // SAFETY: a path that ends with NUL. What the library does when it is loaded is Rust's.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!handle.is_null(), "dlopen: {}", reason());
        let find = |name: &CStr| {
            // SAFETY: the handle of a loaded library, and a name that ends with NUL.
            let found = unsafe { libc::dlsym(handle, name.as_ptr()) };
            assert!(!found.is_null(), "dlsym: {}", reason());
            found
        };
        Self {
            handle,
            // SAFETY: `library.rs` exports a function of this name and type.
            selected: unsafe { mem::transmute::<Symbol, Ask>(find(c"library_selected")) },
            // SAFETY: as above.
            active: unsafe { mem::transmute::<Symbol, Ask>(find(c"library_active")) },
            // SAFETY: as above.
            make: unsafe { mem::transmute::<Symbol, Make>(find(c"library_make")) },
            // SAFETY: as above.
            free: unsafe { mem::transmute::<Symbol, Free>(find(c"library_free")) },
            // SAFETY: as above.
            works: unsafe { mem::transmute::<Symbol, Work>(find(c"library_works")) },
        }
    }
}

type Symbol = *mut c_void;
type Ask = extern "C" fn() -> u8;
type Make = extern "C" fn(usize, u8) -> *mut u8;
type Free = unsafe extern "C" fn(*mut u8, usize, u8) -> bool;
type Work = extern "C" fn() -> usize;

/// What the last call of the loader says.
fn reason() -> String {
    // SAFETY: no precondition; the answer is null or a text that stays until the next call.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return "no reason given".into();
    }
    // SAFETY: not null, so it ends with NUL.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

const ORDER: [Backend; 3] = [Backend::System, Backend::Mimalloc, Backend::Jemalloc];

pub(super) fn a_library(backend: Backend) {
    begin(backend);
    let expected: Backend = env::var(BACKEND).unwrap().parse().unwrap();
    let live = live_blocks();

    // Used by threads that have ended when it is unloaded: it goes.
    let library = Library::load();
    let library = thread::spawn(move || {
        is_beside(&library, backend, expected);
        library
    });
    unload(&library.join().unwrap());
    assert!(!is_mapped(), "it is still there");
    thread::spawn(|| drop(Block::new(1000, 8, 1))).join().unwrap();
    assert_eq!(live_blocks(), live);

    // Used by the main thread as well: the loader keeps it for as long as that has thread-locals in
    // it, and all of it goes on working.
    let library = Library::load();
    is_beside(&library, backend, expected);
    let block = Theirs((library.make)(5000, 2));
    let free = library.free;
    unload(&library);
    assert!(is_mapped(), "it is gone from under its thread-locals");
    // SAFETY: the block is the library's, which is still there; it is given up.
    let freed = thread::spawn(move || unsafe { free({ block }.0, 5000, 2) });
    assert!(freed.join().unwrap(), "overwritten");
    assert_eq!(live_blocks(), live);
}

fn is_mapped() -> bool {
    let path = env::var(LIBRARY).unwrap();
    std::fs::read_to_string("/proc/self/maps").unwrap().contains(&path)
}

/// The program and the library keep their own backends, and their own blocks.
fn is_beside(library: &Library, backend: Backend, expected: Backend) {
    let selection = heap::selection();
    let own: Vec<_> = (1..100).map(|n| Block::new(n * 33, 8, 1)).collect();

    assert_eq!(ORDER[usize::from((library.selected)())], expected);
    assert_eq!(ORDER[usize::from((library.active)())], expected);
    assert_eq!(heap::selection(), selection);
    assert_eq!(heap::active(), Some(backend));

    for round in 1..=10 {
        let theirs: Vec<_> =
            (1..200).map(|n| (n * round, Theirs((library.make)(n * round, 9)))).collect();
        // The library's mimalloc and jemalloc are others than the program's.
        assert!(theirs.iter().all(|(_, block)| maker(block.0) == Backend::System));
        assert!(own.iter().all(|block| maker(block.start()) == backend));
        // Freed by their own function, and on another thread.
        let free = library.free;
        let freed = thread::spawn(move || {
            // SAFETY: each block is the library's, with this length and mark, and is given up.
            theirs.into_iter().all(|(len, block)| unsafe { free({ block }.0, len, 9) })
        });
        assert!(freed.join().unwrap(), "overwritten");
        assert!((library.works)() > 0);
    }
    own.iter().for_each(Block::assert_intact);
}

/// A block of the library.
struct Theirs(*mut u8);

// SAFETY: the only pointer to a block that any thread may free.
unsafe impl Send for Theirs {}

// SAFETY: the handle and the functions are the process's, and the functions may be called anywhere.
unsafe impl Send for Library {}

fn unload(library: &Library) {
    // SAFETY: the handle of a loaded library, none of whose functions is called from here on.
    assert_eq!(unsafe { libc::dlclose(library.handle) }, 0, "dlclose: {}", reason());
}
