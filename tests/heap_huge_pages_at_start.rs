//! Huge pages, asked for before `main`. `heap_tune_at_start.rs` has the opposite.
#![cfg(feature = "heap")]

use thrifty::heap::{self, Backend, ByFeature, Knob, Outcome, Tuning};

#[global_allocator]
static GLOBAL: ByFeature = ByFeature::new();

const TUNING: Tuning = Tuning::new().huge_pages(true);
heap::tune_at_start!(TUNING);

#[test]
fn the_backends_ask_for_huge_pages() {
    let applied = TUNING.apply();
    assert_eq!(applied.get(Knob::HugePages, Backend::System), Some(Outcome::Unsupported));
    for row in applied.iter().filter(|row| row.backend != Backend::System) {
        assert_eq!(row.outcome, Outcome::Applied, "{row:?}");
    }
}

/// The kernel lists what memory was marked: `hg` for `MADV_HUGEPAGE`, `ht` for pages of hugetlbfs.
#[cfg(target_os = "linux")]
#[test]
fn the_kernel_has_been_asked() {
    let kernel = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    if !kernel.is_ok_and(|modes| modes.contains("madvise")) {
        return;
    }
    let block = std::hint::black_box(vec![1_u8; 8 << 20]);
    let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let marked = smaps
        .lines()
        .filter_map(|line| line.strip_prefix("VmFlags:"))
        .any(|flags| flags.split_whitespace().any(|flag| flag == "hg" || flag == "ht"));
    assert_eq!(marked, ByFeature::BACKEND != Backend::System, "{}", ByFeature::BACKEND);
    drop(block);
}
