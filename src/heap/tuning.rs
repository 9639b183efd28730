//! Settings of the allocators, in one vocabulary.

mod applied;
mod at_start;
mod environment;
mod glibc;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod jemalloc;
#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
mod mimalloc;

use core::time::Duration;

pub use applied::{Applied, Knob, Outcome, Setting, Settings};
pub use at_start::{CONF_LEN, Conf, conf_text, tune};

/// How the allocators of the process behave: when they return memory, how many arenas.
///
/// A value is plain data, made by a `const` builder; knobs that are not set stay untouched.
/// [`apply`](Self::apply) hands it to every backend that is compiled in, and to glibc, which serves
/// the C side of the process on whatever allocator the Rust side runs. It answers for each knob
/// and backend what became of it.
///
/// Leave it alone until a figure says otherwise: page faults in a steady state, or resident memory
/// that stays up after a peak. The defaults are good for most programs, and what brings memory back
/// sooner costs page faults.
///
/// # What a knob turns
///
/// | knob | glibc | mimalloc | jemalloc |
/// |---|---|---|---|
/// | [`return_memory`](Self::return_memory) | `M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD`: 0 and 128 KiB, or -1 and its maximum; no `After` | `purge_delay`, `arena_purge_mult` 1 | `dirty_decay_ms` of all arenas, `muzzy_decay_ms` 0 |
/// | [`max_arenas`](Self::max_arenas) | `M_ARENA_MAX`, before the second thread | unsupported: its threads have heaps | `narenas`, **start-up** |
/// | [`background_purge`](Self::background_purge) | unsupported | unsupported | `background_thread` |
/// | [`huge_pages`](Self::huge_pages) | unsupported: only the user's `GLIBC_TUNABLES=glibc.malloc.hugetlb=1` | `allow_large_os_pages` 1, or `allow_thp` 0 (Linux), **start-up** | `thp:always`, or `thp:never`, **start-up** |
/// | [`trim_threshold`](Self::trim_threshold) | `M_TRIM_THRESHOLD` | | |
/// | [`mmap_threshold`](Self::mmap_threshold) | `M_MMAP_THRESHOLD` | | |
///
/// What is not marked works at run time, the earlier the better. **Start-up** knobs are fixed when
/// the allocator wakes up, before `main`: from there `apply` answers [`Outcome::TooLate`], unless
/// [`tune_at_start!`](crate::heap::tune_at_start) has set the same before. On musl, macOS and
/// Windows the system's allocator has no knobs, and each answer for it is
/// [`Outcome::Unsupported`].
///
/// **The user's environment wins.** A knob that is set in `MALLOC_ARENA_MAX`,
/// `MALLOC_TRIM_THRESHOLD_`, `MALLOC_MMAP_THRESHOLD_`, `GLIBC_TUNABLES`, `MIMALLOC_*` (in upper or
/// lower case) or `_RJEM_MALLOC_CONF` is left as it is, and the answer names the variable. Where the
/// table has two settings, that goes for the first; a second one of the user's stays beside ours.
///
/// # Bursts on glibc
///
/// A program that takes and frees some dozens of written 16 KiB buffers at a time makes glibc give
/// the end of its heap back and fetch it again, page fault by page fault: above 128 KiB of free
/// memory at the end, by default. The two thresholds end that:
///
/// ```
/// # #[global_allocator]
/// # static GLOBAL: std::alloc::System = std::alloc::System;
/// use thrifty::heap::{Backend, Knob, Outcome, Tuning};
///
/// const TUNING: Tuning = Tuning::new().trim_threshold(64 << 20).mmap_threshold(16 << 20);
///
/// let applied = TUNING.apply();
/// # #[cfg(all(target_os = "linux", target_env = "gnu"))]
/// assert_eq!(applied.get(Knob::TrimThreshold, Backend::System), Some(Outcome::Applied));
/// println!("allocator: {applied}");
/// ```
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a tuning does nothing until it is applied"]
pub struct Tuning {
    return_memory: Option<ReturnMemory>,
    max_arenas: Option<u32>,
    background_purge: Option<bool>,
    huge_pages: Option<bool>,
    trim_threshold: Option<usize>,
    mmap_threshold: Option<usize>,
}

/// When freed memory goes back to the operating system.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnMemory {
    /// As soon as it is free: the smallest resident memory, the most page faults.
    AtOnce,
    /// When it has been free for so long, in milliseconds, rounded up; at most 24 days.
    ///
    /// Zero is [`AtOnce`](Self::AtOnce). mimalloc and jemalloc look at the clock only when they are
    /// called, so an idle process keeps what it has, unless jemalloc's
    /// [`background_purge`](Tuning::background_purge) is on.
    After(Duration),
    /// Only when asked to: the fewest page faults, and resident memory stays at its peak.
    Never,
}

impl Tuning {
    /// Returns a tuning that leaves every knob untouched.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn new() -> Self {
        Self {
            return_memory: None,
            max_arenas: None,
            background_purge: None,
            huge_pages: None,
            trim_threshold: None,
            mmap_threshold: None,
        }
    }

    /// Says when freed memory goes back to the operating system.
    ///
    /// glibc has no clock, so [`After`](ReturnMemory::After) is unsupported there. `AtOnce` trims
    /// the end of its heap after each larger free; memory below a block in use stays. `Never` also
    /// keeps blocks up to 32 MiB (512 KiB on 32 bits) on the heap. Where
    /// [`trim_threshold`](Self::trim_threshold) or [`mmap_threshold`](Self::mmap_threshold) is set
    /// too, glibc follows them alone, and there is no answer for this knob and glibc.
    ///
    /// jemalloc returns blocks of 8 MiB and more at once, unless it is `Never`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn return_memory(mut self, when: ReturnMemory) -> Self {
        self.return_memory = Some(when);
        self
    }

    /// Says how many arenas there may be: fewer save memory, more save waiting for locks.
    ///
    /// 0 is taken for 1, and more than 4,094 for 4,094, jemalloc's own limit. glibc fixes its limit
    /// when a thread first needs an arena: once a second thread has been started the answer is
    /// [`Outcome::TooLate`], though glibc is told and may still follow.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn max_arenas(mut self, arenas: u32) -> Self {
        self.max_arenas = Some(match arenas {
            0 => 1,
            1..=4094 => arenas,
            _ => 4094,
        });
        self
    }

    /// Says whether threads of the allocator's own return memory while the process is idle.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn background_purge(mut self, on: bool) -> Self {
        self.background_purge = Some(on);
        self
    }

    /// Says whether the allocator asks the kernel for huge pages, or asks it not to use them.
    ///
    /// With mimalloc `false` holds for all memory of the process, not for the heap alone, and for
    /// the programs that it starts: Linux hands the flag down.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn huge_pages(mut self, on: bool) -> Self {
        self.huge_pages = Some(on);
        self
    }

    /// Says how many free bytes at the end of glibc's heap make it give them back.
    ///
    /// 2 GiB - 1 at most; what is above is taken for that. It turns glibc's dynamic adjustment of
    /// both thresholds off, so blocks from 128 KiB on are mapped and unmapped one by one for good:
    /// set [`mmap_threshold`](Self::mmap_threshold) with it if your program has such blocks.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn trim_threshold(mut self, bytes: usize) -> Self {
        self.trim_threshold = Some(bytes);
        self
    }

    /// Says from how many bytes on glibc maps a block on its own.
    ///
    /// Such a block costs two system calls and fresh pages each time, and returns to the operating
    /// system when it is freed. Older glibc refuses more than 32 MiB (512 KiB on 32 bits), which is
    /// [`Outcome::Failed`]; newer takes up to 2 GiB - 1, and what is above for that. It turns glibc's
    /// dynamic adjustment of both thresholds off: set [`trim_threshold`](Self::trim_threshold) with
    /// it.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn mmap_threshold(mut self, bytes: usize) -> Self {
        self.mmap_threshold = Some(bytes);
        self
    }

    /// Hands the knobs to every backend and says what became of each.
    ///
    /// Call it early in `main`, before other threads start: what memory was given to until then
    /// keeps to the old rules in part, and mimalloc does not synchronise its options. It may be
    /// called again, with the same knobs or others; the last call holds.
    ///
    /// [`Outcome::Applied`] is what the backend answers when it is asked afterwards; glibc cannot be
    /// asked, there it is the answer of `mallopt`. A backend that is compiled in but does not serve
    /// this process takes its settings as well, to no effect; pick what counts by
    /// [`active`](super::active) and [`Applied::get`].
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::heap::{ReturnMemory, Tuning};
    ///
    /// let applied = Tuning::new().return_memory(ReturnMemory::Never).apply();
    /// for setting in &applied {
    ///     println!("{} on {}: {}", setting.knob, setting.backend, setting.outcome);
    /// }
    /// ```
    pub fn apply(&self) -> Applied {
        self.apply_in(Moment::Running)
    }

    fn apply_in(&self, moment: Moment) -> Applied {
        let mut applied = Applied::none();
        glibc::apply(self, &mut applied);
        #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
        mimalloc::apply(self, moment, &mut applied);
        #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
        if moment == Moment::Running {
            jemalloc::apply(self, &mut applied);
        }
        let _ = moment;
        applied
    }
}

/// When the knobs are turned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Before the backends wake up. jemalloc reads its exported text then.
    Start,
    /// At any time later.
    Running,
}

impl ReturnMemory {
    /// The delay in milliseconds as mimalloc and jemalloc take it: -1 for never.
    const fn delay_ms(self) -> i32 {
        match self {
            Self::AtOnce => 0,
            Self::Never => -1,
            Self::After(delay) => {
                let ms = delay.as_nanos().div_ceil(1_000_000);
                #[expect(clippy::cast_possible_truncation, reason = "compared before")]
                if ms > i32::MAX as u128 { i32::MAX } else { ms as i32 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_round_up_and_saturate() {
        for (when, ms) in [
            (ReturnMemory::AtOnce, 0),
            (ReturnMemory::Never, -1),
            (ReturnMemory::After(Duration::ZERO), 0),
            (ReturnMemory::After(Duration::from_nanos(1)), 1),
            (ReturnMemory::After(Duration::from_millis(1234)), 1234),
            (ReturnMemory::After(Duration::from_micros(1001)), 2),
            (ReturnMemory::After(Duration::MAX), i32::MAX),
        ] {
            assert_eq!(when.delay_ms(), ms, "{when:?}");
        }
    }

    #[test]
    fn a_number_of_arenas_is_made_one_that_exists() {
        for (asked, taken) in [(0, 1), (1, 1), (4094, 4094), (4095, 4094), (u32::MAX, 4094)] {
            assert_eq!(Tuning::new().max_arenas(asked).max_arenas, Some(taken));
        }
    }
}
