//! `rss` against what may happen to the file that it keeps open.

use std::hint::black_box;

use thrifty::heap::{self, Backend};

use crate::{Case, MIB, within};

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) const CASES: &[Case] = &[("rss::rises_and_falls", rises_and_falls)];

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) const CASES: &[Case] = &[
    ("rss::rises_and_falls", rises_and_falls),
    ("rss::equals_what_stats_says", glibc::equals_what_stats_says),
    ("rss::one_descriptor_is_kept", glibc::one_descriptor_is_kept),
    ("rss::exec_closes_it", glibc::exec_closes_it),
    ("rss::a_forked_child_reads_its_own", glibc::a_forked_child_reads_its_own),
    ("rss::a_closed_descriptor_is_noticed", glibc::a_closed_descriptor_is_noticed),
    ("rss::another_process_in_its_place_is_noticed", glibc::another_process_in_its_place),
    ("rss::without_descriptors_there_is_none", glibc::without_descriptors_there_is_none),
    ("rss::without_descriptors_the_kept_one_serves", glibc::the_kept_one_serves),
];

fn rises_and_falls(_: Backend) {
    if !cfg!(target_os = "linux") {
        return assert_eq!(heap::rss(), None);
    }
    let before = heap::rss().unwrap();
    let kept = black_box(vec![1_u8; 64 << 20]);
    within("rss", heap::rss().unwrap(), before + 62 * MIB, before + 85 * MIB);
    drop(kept);
    heap::purge();
    within("rss, freed", heap::rss().unwrap(), before / 4, before + 16 * MIB);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use super::{Backend, MIB, black_box, heap, within};
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::{AsRawFd, IntoRawFd};
    use std::process::Command;
    use std::sync::Barrier;
    use std::thread;

    use crate::forked::{End, in_a_fork};
    use crate::prove;

    mod c {
        use std::ffi::c_int;

        #[repr(C)]
        pub(super) struct Rlimit {
            pub(super) now: u64,
            pub(super) most: u64,
        }

        unsafe extern "C" {
            pub(super) fn close(fd: c_int) -> c_int;
            pub(super) fn dup2(from: c_int, to: c_int) -> c_int;
            #[cfg_attr(target_pointer_width = "32", link_name = "setrlimit64")]
            pub(super) fn setrlimit(which: c_int, limit: *const Rlimit) -> c_int;
        }
    }

    pub(super) fn equals_what_stats_says(_: Backend) {
        for _ in 0..5 {
            let (rss, stats) = (heap::rss().unwrap(), heap::stats().rss.unwrap());
            within("rss", rss, stats - MIB, stats + MIB);
        }
    }

    /// The descriptors that are open on a file whose name ends with `statm`.
    fn statm_descriptors() -> Vec<i32> {
        let listed = fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap().path());
        let to_statm =
            |path: &std::path::PathBuf| fs::read_link(path).is_ok_and(|to| to.ends_with("statm"));
        let number = |path: std::path::PathBuf| {
            path.file_name().unwrap().to_str().unwrap().parse::<i32>().unwrap()
        };
        listed.filter(to_statm).map(number).collect()
    }

    pub(super) fn one_descriptor_is_kept(_: Backend) {
        assert!(statm_descriptors().is_empty());
        // Many at once want to be the one that keeps it, again and again.
        let start = Barrier::new(8);
        for _ in 0..100 {
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        start.wait();
                        assert!(heap::rss().is_some());
                    });
                }
            });
            let [kept] = statm_descriptors()[..] else { panic!("{:?}", statm_descriptors()) };
            // SAFETY: closes a number that nobody here reads from now.
            assert_eq!(unsafe { c::close(kept) }, 0);
        }
        heap::rss().unwrap();
        assert_eq!(statm_descriptors().len(), 1);
    }

    pub(super) fn exec_closes_it(_: Backend) {
        heap::rss().unwrap();
        assert_eq!(statm_descriptors().len(), 1);
        let listed = Command::new("ls").args(["-l", "/proc/self/fd"]).output().unwrap().stdout;
        let listed = String::from_utf8(listed).unwrap();
        assert!(listed.contains("->") && !listed.contains("statm"), "{listed}");
    }

    pub(super) fn a_forked_child_reads_its_own(backend: Backend) {
        prove(backend);
        let before = heap::rss().unwrap();
        in_a_fork(End::AtOnce, || {
            let in_child = black_box(vec![1_u8; 64 << 20]);
            // The parent's file would say `before`.
            within("child", heap::rss().unwrap(), before / 4 + 60 * MIB, before + 85 * MIB);
            within("child", heap::stats().rss.unwrap(), 60 * MIB, before + 85 * MIB);
            in_a_fork(End::AtOnce, || {
                let in_grandchild = black_box(vec![1_u8; 64 << 20]);
                within("grandchild", heap::rss().unwrap(), 120 * MIB, before + 150 * MIB);
                drop(in_grandchild);
                heap::purge();
            });
            assert_eq!(statm_descriptors().len(), 2, "the parent's, unused, and its own");
            drop(in_child);
        });
        within("parent", heap::rss().unwrap(), before - MIB, before + 2 * MIB);
        assert_eq!(statm_descriptors().len(), 1);
    }

    pub(super) fn a_closed_descriptor_is_noticed(_: Backend) {
        let before = heap::rss().unwrap();
        let [kept] = statm_descriptors()[..] else { panic!("one is kept") };
        // SAFETY: closes a number, as a program that becomes a daemon does with all of them.
        assert_eq!(unsafe { c::close(kept) }, 0);
        within("rss", heap::rss().unwrap(), before - MIB, before + MIB);
        assert_eq!(statm_descriptors().len(), 1);
    }

    /// The worst that may come to stand there: the same file of another process.
    pub(super) fn another_process_in_its_place(_: Backend) {
        let before = heap::rss().unwrap();
        let [kept] = statm_descriptors()[..] else { panic!("one is kept") };
        let parent = std::os::unix::process::parent_id();
        let foreign = File::open(format!("/proc/{parent}/statm")).unwrap();
        // SAFETY: both are open descriptors of this process.
        assert_eq!(unsafe { c::dup2(foreign.as_raw_fd(), kept) }, kept);
        let touched = black_box(vec![1_u8; 64 << 20]);
        within("rss", heap::rss().unwrap(), before + 62 * MIB, before + 85 * MIB);
        drop(touched);
        let [.., _] = statm_descriptors()[..] else { panic!("a new one is kept") };
        assert!(statm_descriptors().contains(&kept), "the foreign one was closed");
        let _ = foreign.into_raw_fd();
    }

    /// No further file can be opened.
    fn exhaust_descriptors() {
        const RLIMIT_NOFILE: i32 = 7;
        let limit = c::Rlimit { now: 0, most: 0 };
        // SAFETY: `limit` is a `struct rlimit`.
        let code = unsafe { c::setrlimit(RLIMIT_NOFILE, &raw const limit) };
        assert_eq!(code, 0, "{}", io::Error::last_os_error());
        assert!(File::open("/proc/self/statm").is_err());
    }

    pub(super) fn without_descriptors_there_is_none(backend: Backend) {
        prove(backend);
        let before = heap::stats();
        exhaust_descriptors();
        assert_eq!(heap::rss(), None);
        let stats = heap::stats();
        assert_eq!((stats.rss, stats.peak_rss, stats.threads), (None, None, None));
        assert!(stats.minor_faults.is_some());
        assert_eq!(stats.allocated.is_some(), before.allocated.is_some());
        let purged = heap::purge();
        assert_eq!((purged.before, purged.after, purged.freed()), (None, None, None));
    }

    pub(super) fn the_kept_one_serves(_: Backend) {
        let before = heap::rss().unwrap();
        exhaust_descriptors();
        within("rss", heap::rss().unwrap(), before - MIB, before + MIB);
        within("stats", heap::stats().rss.unwrap(), before - MIB, before + MIB);
        assert_eq!(heap::stats().peak_rss, None);
    }
}
