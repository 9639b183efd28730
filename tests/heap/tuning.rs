//! Every outcome of every knob on every backend, each in a process of its own: settings stay.

use std::time::Duration;

use thrifty::heap::{Backend, Knob, Outcome, ReturnMemory, Tuning};

use super::alone::{self, Variable};

const GLIBC: bool = cfg!(all(target_os = "linux", target_env = "gnu"));
const MIMALLOC: bool = cfg!(any(feature = "mimalloc", feature = "mimalloc-v3"));
const JEMALLOC: bool = cfg!(all(feature = "jemalloc", not(target_env = "msvc")));

/// Runs `body` in a process of its own, as the test of this name in this module.
#[track_caller]
fn alone(test: &str, variables: &[Variable<'_>], body: impl FnOnce()) {
    alone::alone(&format!("tuning::{test}"), variables, body);
}

/// What `tuning` does to `knob` on the backends of this build, in the order glibc, mimalloc, jemalloc.
#[track_caller]
fn check(tuning: Tuning, knob: Knob, [glibc, mimalloc, jemalloc]: [Option<Outcome>; 3]) {
    let applied = tuning.apply();
    let glibc = glibc.map(|it| if GLIBC { it } else { Outcome::Unsupported });
    assert_eq!(applied.get(knob, Backend::System), glibc, "{applied}");
    let mimalloc = mimalloc.filter(|_| MIMALLOC);
    assert_eq!(applied.get(knob, Backend::Mimalloc), mimalloc, "{applied}");
    let jemalloc = jemalloc.filter(|_| JEMALLOC);
    assert_eq!(applied.get(knob, Backend::Jemalloc), jemalloc, "{applied}");
}

const APPLIED: Option<Outcome> = Some(Outcome::Applied);
const UNSUPPORTED: Option<Outcome> = Some(Outcome::Unsupported);
const TOO_LATE: Option<Outcome> = Some(Outcome::TooLate);
const AT_ONCE: Tuning = Tuning::new().return_memory(ReturnMemory::AtOnce);
const NEVER: Tuning = Tuning::new().return_memory(ReturnMemory::Never);

fn after(delay: Duration) -> Tuning {
    Tuning::new().return_memory(ReturnMemory::After(delay))
}

#[test]
fn memory_is_returned_as_asked() {
    alone("memory_is_returned_as_asked", &[], || {
        check(AT_ONCE, Knob::ReturnMemory, [APPLIED, APPLIED, APPLIED]);
        check(NEVER, Knob::ReturnMemory, [APPLIED, APPLIED, APPLIED]);
        let second = after(Duration::from_secs(1));
        check(second, Knob::ReturnMemory, [UNSUPPORTED, APPLIED, APPLIED]);
        check(after(Duration::ZERO), Knob::ReturnMemory, [APPLIED, APPLIED, APPLIED]);
        // glibc follows its own threshold where there is one.
        let threshold = second.trim_threshold(1 << 20);
        check(threshold, Knob::ReturnMemory, [None, APPLIED, APPLIED]);
        check(threshold, Knob::TrimThreshold, [APPLIED, None, None]);
    });
}

#[test]
fn what_is_fixed_at_start_is_too_late() {
    alone("what_is_fixed_at_start_is_too_late", &[], || {
        // The test itself runs on a second thread.
        let arenas = Tuning::new().max_arenas(3);
        check(arenas, Knob::MaxArenas, [TOO_LATE, UNSUPPORTED, TOO_LATE]);
        let purge = Tuning::new().background_purge(true);
        check(purge, Knob::BackgroundPurge, [UNSUPPORTED, UNSUPPORTED, APPLIED]);
        let purge = Tuning::new().background_purge(false);
        check(purge, Knob::BackgroundPurge, [UNSUPPORTED, UNSUPPORTED, APPLIED]);
        for on in [false, true] {
            let pages = Tuning::new().huge_pages(on);
            check(pages, Knob::HugePages, [UNSUPPORTED, TOO_LATE, TOO_LATE]);
        }
    });
}

#[test]
fn garbage_is_clamped_or_refused() {
    alone("garbage_is_clamped_or_refused", &[], || {
        for arenas in [0, u32::MAX] {
            let arenas = Tuning::new().max_arenas(arenas);
            check(arenas, Knob::MaxArenas, [TOO_LATE, UNSUPPORTED, TOO_LATE]);
        }
        check(after(Duration::MAX), Knob::ReturnMemory, [UNSUPPORTED, APPLIED, APPLIED]);
        for bytes in [0, usize::MAX] {
            let trim = Tuning::new().trim_threshold(bytes);
            check(trim, Knob::TrimThreshold, [APPLIED, None, None]);
        }
        // The limit of older versions of glibc, and one byte more.
        let limit = if size_of::<usize>() == 8 { 32 << 20 } else { 512 << 10 };
        check(Tuning::new().mmap_threshold(limit), Knob::MmapThreshold, [APPLIED, None, None]);
        for bytes in [limit + 1, usize::MAX] {
            let applied = Tuning::new().mmap_threshold(bytes).apply();
            let outcome = applied.get(Knob::MmapThreshold, Backend::System).unwrap();
            let expected: &[_] = if GLIBC {
                &[Outcome::Applied, Outcome::Failed(0)]
            } else {
                &[Outcome::Unsupported]
            };
            assert!(expected.contains(&outcome), "{applied}");
        }
    });
}

#[test]
fn an_empty_tuning_answers_nothing() {
    let applied = Tuning::new().apply();
    assert_eq!(applied.iter().count(), 0);
    assert_eq!(applied.to_string(), "nothing to tune");
    assert_eq!(format!("{applied:?}"), "[]");
}

#[test]
fn the_log_line_has_every_knob_once() {
    alone("the_log_line_has_every_knob_once", &[("MALLOC_ARENA_MAX", "2")], || {
        let applied = Tuning::new().mmap_threshold(1 << 20).max_arenas(1).background_purge(true);
        let applied = applied.apply();
        let system =
            if GLIBC { ["left to MALLOC_ARENA_MAX", "applied"] } else { ["unsupported"; 2] };
        let mimalloc = if MIMALLOC { ", unsupported (mimalloc)" } else { "" };
        let [arenas, purge] =
            if JEMALLOC { [", too late (jemalloc)", ", applied (jemalloc)"] } else { [""; 2] };
        assert_eq!(
            applied.to_string(),
            format!(
                "max_arenas: {} (system){mimalloc}{arenas}; \
                 background_purge: unsupported (system){mimalloc}{purge}; \
                 mmap_threshold: {} (system)",
                system[0], system[1]
            )
        );
        assert_eq!(applied.iter().count(), 3 + 2 * (usize::from(MIMALLOC) + usize::from(JEMALLOC)));
    });
}

/// One process for each variable: it wins, and only over its own knob.
#[test]
fn the_environment_wins() {
    const ALL: Tuning = AT_ONCE.max_arenas(3).background_purge(true).huge_pages(false);
    const THRESHOLDS: Tuning = Tuning::new().trim_threshold(1 << 20).mmap_threshold(1 << 20);

    use Backend::{Jemalloc, Mimalloc, System};
    use Knob::{BackgroundPurge, HugePages, MaxArenas, MmapThreshold, ReturnMemory, TrimThreshold};
    let conf = |text| [("_RJEM_MALLOC_CONF", text), ("MALLOC_CONF", text)];
    let mut cases: Vec<(Vec<Variable<'_>>, Tuning, Backend, Knob)> = Vec::new();
    if GLIBC {
        for (name, value, tuning, knob) in [
            ("MALLOC_ARENA_MAX", "2", ALL, MaxArenas),
            ("MALLOC_TRIM_THRESHOLD_", "100000", ALL, ReturnMemory),
            ("MALLOC_TRIM_THRESHOLD_", "100000", THRESHOLDS, TrimThreshold),
            ("MALLOC_MMAP_THRESHOLD_", "100000", THRESHOLDS, MmapThreshold),
            ("GLIBC_TUNABLES", "glibc.malloc.arena_max=2", ALL, MaxArenas),
            ("GLIBC_TUNABLES", "a=b:glibc.malloc.trim_threshold=9", ALL, ReturnMemory),
            ("GLIBC_TUNABLES", "glibc.malloc.mmap_threshold=9:a=b", THRESHOLDS, MmapThreshold),
        ] {
            cases.push((vec![(name, value)], tuning, System, knob));
        }
    }
    if MIMALLOC {
        for name in ["MIMALLOC_PURGE_DELAY", "mimalloc_purge_delay", "MIMALLOC_RESET_DELAY"] {
            cases.push((vec![(name, "77")], ALL, Mimalloc, ReturnMemory));
        }
        if cfg!(target_os = "linux") {
            cases.push((vec![("MIMALLOC_ALLOW_THP", "1")], ALL, Mimalloc, HugePages));
        }
        let large = vec![("MIMALLOC_ALLOW_LARGE_OS_PAGES", "0")];
        cases.push((large, ALL.huge_pages(true), Mimalloc, HugePages));
    }
    if JEMALLOC {
        for (text, knob) in [
            ("dirty_decay_ms:77", ReturnMemory),
            ("muzzy_decay_ms:5,narenas:2", MaxArenas),
            ("background_thread:false", BackgroundPurge),
            ("thp:default", HugePages),
        ] {
            cases.push((conf(text).to_vec(), ALL, Jemalloc, knob));
        }
    }

    // The child is told by its number which case it is.
    let mine = std::env::var("THRIFTY_CASE").ok();
    for (number, (mut variables, tuning, backend, knob)) in cases.into_iter().enumerate() {
        let number = number.to_string();
        if mine.as_ref().is_some_and(|mine| *mine != number) {
            continue;
        }
        let names: Vec<&str> = variables.iter().map(|&(name, _)| name).collect();
        variables.push(("THRIFTY_CASE", &number));
        alone("the_environment_wins", &variables, || {
            let applied = tuning.apply();
            for row in &applied {
                let left =
                    matches!(row.outcome, Outcome::Environment(name) if names.contains(&name));
                let meant = row.knob == knob && row.backend == backend;
                assert_eq!(left, meant, "{names:?}: {applied}");
            }
            assert!(applied.get(knob, backend).is_some());
        });
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod on_glibc {
    use std::hint::black_box;

    use super::{Backend, Knob, Tuning, alone};
    use crate::bursts::faults_of_bursts;
    use std::alloc::{GlobalAlloc, Layout, System};
    use thrifty::heap::ReturnMemory;

    #[test]
    fn a_burst_of_written_buffers_has_page_faults_only_without_thresholds() {
        let name = "on_glibc::a_burst_of_written_buffers_has_page_faults_only_without_thresholds";
        alone(name, &[], || {
            for in_a_thread in [false, true] {
                let bursts = move |rounds| {
                    if !in_a_thread {
                        return faults_of_bursts(rounds);
                    }
                    let thread = std::thread::spawn(move || {
                        faults_of_bursts(3);
                        faults_of_bursts(rounds)
                    });
                    thread.join().unwrap()
                };
                // At the start of each pass, what the kernel and glibc have by default.
                let _ = Tuning::new().trim_threshold(128 << 10).mmap_threshold(128 << 10).apply();
                bursts(3);
                let without = bursts(100);
                let tuning = Tuning::new().trim_threshold(64 << 20).mmap_threshold(16 << 20);
                assert!(tuning.apply().iter().all(|row| row.outcome == super::Outcome::Applied));
                bursts(3);
                let with = bursts(100);
                // All but the last 128 KiB of 1 MiB, each time: above 200 faults a burst.
                assert!(without > 100 * 150, "{in_a_thread}: {without} without");
                assert!(with < 100, "{in_a_thread}: {with} with, {without} without");
            }
        });
    }

    #[test]
    fn never_returning_memory_is_as_good() {
        alone("on_glibc::never_returning_memory_is_as_good", &[], || {
            assert!(faults_of_bursts(100) > 100 * 150);
            let _ = Tuning::new().return_memory(ReturnMemory::Never).apply();
            faults_of_bursts(3);
            assert!(faults_of_bursts(100) < 100);
            let _ = Tuning::new().return_memory(ReturnMemory::AtOnce).apply();
            assert!(faults_of_bursts(100) > 100 * 150);
        });
    }

    /// Whether a block goes back when it is freed, although one that was made later is in use.
    fn is_mapped_by_itself(bytes: usize) -> bool {
        let [large, small] = [bytes, 64 << 10].map(|bytes| Layout::array::<u8>(bytes).unwrap());
        // Unseen, the compiler would leave the blocks out.
        // SAFETY: the size is above zero.
        let first = black_box(unsafe { System.alloc(large) });
        // SAFETY: the size is above zero.
        let second = black_box(unsafe { System.alloc(small) });
        let before = mapped();
        // SAFETY: live, from this allocator, with this layout.
        unsafe { System.dealloc(first, large) };
        let after = mapped();
        // SAFETY: live, from this allocator, with this layout.
        unsafe { System.dealloc(second, small) };
        after + bytes <= before
    }

    /// Bytes in blocks that have a mapping of their own.
    fn mapped() -> usize {
        // SAFETY: it has no precondition.
        unsafe { libc::mallinfo2() }.hblkhd
    }

    #[test]
    fn the_last_tuning_holds_for_large_blocks() {
        alone("on_glibc::the_last_tuning_holds_for_large_blocks", &[], || {
            // Each block is larger than what the one before has left on the heap.
            for (when, bytes, by_itself) in [
                (ReturnMemory::AtOnce, 1 << 20, true),
                (ReturnMemory::Never, 2 << 20, false),
                (ReturnMemory::AtOnce, 4 << 20, true),
            ] {
                let _ = Tuning::new().return_memory(when).apply();
                assert_eq!(is_mapped_by_itself(bytes), by_itself, "{when:?}");
            }
        });
    }

    #[test]
    fn a_threshold_of_the_environment_stays_beside_ours() {
        let name = "on_glibc::a_threshold_of_the_environment_stays_beside_ours";
        alone(name, &[("MALLOC_MMAP_THRESHOLD_", "100000")], || {
            let applied = Tuning::new().return_memory(ReturnMemory::Never).apply();
            assert_eq!(applied.get(Knob::ReturnMemory, Backend::System), super::APPLIED);
            assert!(is_mapped_by_itself(1 << 20));
        });
    }
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
mod on_mimalloc {
    use super::{AT_ONCE, NEVER, after, alone};
    use libmimalloc_sys::mi_option_get;
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    use std::alloc::{GlobalAlloc, Layout};
    use std::ffi::{c_int, c_long};
    use std::time::Duration;
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    use thrifty::heap::Mimalloc;

    fn option(index: c_int) -> c_long {
        // SAFETY: takes every index.
        unsafe { mi_option_get(index) }
    }

    /// Resident MiB after 64 MiB of written blocks were freed.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn resident_after_a_peak() -> usize {
        let layout = Layout::new::<[u8; 8 << 10]>();
        let mut blocks = vec![std::ptr::null_mut::<u8>(); 8 << 10];
        for block in &mut blocks {
            // SAFETY: the size is above zero.
            *block = unsafe { Mimalloc.alloc(layout) };
            // SAFETY: a live block of that size.
            unsafe { block.write_bytes(1, layout.size()) };
        }
        for block in blocks {
            // SAFETY: live, from this allocator, with this layout.
            unsafe { Mimalloc.dealloc(block, layout) };
        }
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
        pages / 256
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn freed_memory_goes_back_at_once() {
        alone("on_mimalloc::freed_memory_goes_back_at_once", &[], || {
            let _ = AT_ONCE.apply();
            let resident = resident_after_a_peak();
            assert!(resident < 24, "{resident} MiB");
        });
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn freed_memory_never_goes_back() {
        alone("on_mimalloc::freed_memory_never_goes_back", &[], || {
            let _ = NEVER.apply();
            let resident = resident_after_a_peak();
            assert!(resident >= 60, "{resident} MiB");
        });
    }

    #[test]
    fn the_last_tuning_holds() {
        alone("on_mimalloc::the_last_tuning_holds", &[], || {
            for (tuning, delay) in [
                (AT_ONCE, 0),
                (NEVER, -1),
                (after(Duration::from_millis(1234)), 1234),
                (after(Duration::from_nanos(1)), 1),
                (after(Duration::MAX), c_long::from(i32::MAX)),
            ] {
                let _ = tuning.apply();
                assert_eq!((option(15), option(24)), (delay, 1));
            }
        });
    }

    #[test]
    fn the_value_of_the_environment_stays() {
        let variables = [("MIMALLOC_PURGE_DELAY", "77"), ("MIMALLOC_ARENA_PURGE_MULT", "33")];
        alone("on_mimalloc::the_value_of_the_environment_stays", &variables, || {
            let _ = AT_ONCE.apply();
            assert_eq!((option(15), option(24)), (77, 33));
        });
    }

    #[test]
    fn a_factor_of_the_environment_stays_beside_our_delay() {
        let name = "on_mimalloc::a_factor_of_the_environment_stays_beside_our_delay";
        alone(name, &[("MIMALLOC_ARENA_PURGE_MULT", "33")], || {
            let _ = AT_ONCE.apply();
            assert_eq!((option(15), option(24)), (0, 33));
        });
    }
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod on_jemalloc {
    use super::{APPLIED, AT_ONCE, Backend, Knob, NEVER, Outcome, Tuning, after, alone};
    use crate::mallctl::read;
    use std::alloc::{GlobalAlloc, Layout};
    use std::ffi::CString;
    use std::sync::Barrier;
    use std::time::Duration;
    use thrifty::heap::Jemalloc;

    fn number(name: &str) -> Option<isize> {
        read(&CString::new(name).unwrap())
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn limit_address_space(bytes: libc::rlim_t) {
        let limit = libc::rlimit { rlim_cur: bytes, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: reads the structure that it is given.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    }

    fn of_all_arenas(kind: &str) -> Vec<isize> {
        (0..64).filter_map(|arena| number(&format!("arena.{arena}.{kind}_decay_ms"))).collect()
    }

    /// Wakes more arenas up: jemalloc gives one to each thread, as long as there are.
    fn threads(count: usize) {
        let all_there = Barrier::new(count);
        std::thread::scope(|scope| {
            for n in 0..count {
                let all_there = &all_there;
                scope.spawn(move || {
                    let layout = Layout::array::<u8>(n + 1).unwrap();
                    // SAFETY: the size is above zero.
                    let block = unsafe { Jemalloc.alloc(layout) };
                    all_there.wait();
                    // SAFETY: live, from this allocator, with this layout.
                    unsafe { Jemalloc.dealloc(block, layout) };
                });
            }
        });
    }

    #[test]
    fn arenas_of_today_and_tomorrow_have_the_delay() {
        alone("on_jemalloc::arenas_of_today_and_tomorrow_have_the_delay", &[], || {
            threads(3);
            for (tuning, dirty, muzzy) in [
                (AT_ONCE, 0, 0),
                (NEVER, -1, -1),
                (after(Duration::from_millis(1234)), 1234, 0),
                (after(Duration::MAX), i32::MAX as isize, 0),
            ] {
                let _ = tuning.apply();
                assert_eq!(number("arenas.dirty_decay_ms"), Some(dirty));
                let all = of_all_arenas("dirty");
                assert!(all.len() > 1 && all.iter().all(|&ms| ms == dirty), "{all:?}");
                assert!(of_all_arenas("muzzy").iter().all(|&ms| ms == muzzy));
            }
            let before = of_all_arenas("dirty").len();
            threads(16);
            let all = of_all_arenas("dirty");
            assert!(all.len() > before && all.iter().all(|&ms| ms == i32::MAX as isize), "{all:?}");
        });
    }

    #[test]
    fn the_value_of_the_environment_stays() {
        let text = "dirty_decay_ms:77,narenas:5";
        let variables = [("_RJEM_MALLOC_CONF", text), ("MALLOC_CONF", text)];
        alone("on_jemalloc::the_value_of_the_environment_stays", &variables, || {
            let _ = AT_ONCE.apply();
            assert_eq!(number("arenas.dirty_decay_ms"), Some(77));
            assert!(of_all_arenas("dirty").iter().all(|&ms| ms == 77));
        });
    }

    #[test]
    fn a_second_delay_of_the_environment_stays_beside_ours() {
        let text = "muzzy_decay_ms:77";
        let variables = [("_RJEM_MALLOC_CONF", text), ("MALLOC_CONF", text)];
        let name = "on_jemalloc::a_second_delay_of_the_environment_stays_beside_ours";
        alone(name, &variables, || {
            let _ = AT_ONCE.apply();
            assert_eq!(number("arenas.dirty_decay_ms"), Some(0));
            assert_eq!(number("arenas.muzzy_decay_ms"), Some(77));
            assert!(of_all_arenas("muzzy").iter().all(|&ms| ms == 77));
        });
    }

    /// Without address space there is no stack for a thread, hence no background purge.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn a_refusal_comes_with_its_code_and_changes_nothing() {
        let name = "on_jemalloc::a_refusal_comes_with_its_code_and_changes_nothing";
        alone(name, &[], || {
            let outcome = |on| {
                let applied = Tuning::new().background_purge(on).apply();
                applied.get(Knob::BackgroundPurge, Backend::Jemalloc)
            };
            limit_address_space(1 << 20);
            assert_eq!(outcome(true), Some(Outcome::Failed(14)));
            limit_address_space(libc::RLIM_INFINITY);
            assert_eq!(read(c"background_thread"), Some(false));
            assert_eq!(outcome(true), APPLIED);
            assert_eq!(read(c"background_thread"), Some(true));
        });
    }
}
