//! Lengths as they really are, for choosing an inline capacity.
//!
//! ```text
//!  length   0   1   2  ...  64 | 65..=128   129..=256   ...   above 2^63
//!  bucket   0   1   2  ...  64 |    65         66       ...      122
//!           each length exact  | the upper end stands for the bucket
//! ```
//!
//! Inline capacities are small, so exactness ends where nobody would choose one any more. Each call
//! site owns its buckets in a static; the sites are linked through one another, so that neither
//! recording nor listing needs the heap.

use core::fmt;
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::OnceLock;

/// The longest length that has a bucket of its own.
const EXACT: usize = 64;
/// A bucket for each exact length, and one for each power of two above, up to `usize::MAX`.
const BUCKETS: usize = EXACT + 1 + (usize::BITS - EXACT.ilog2()) as usize;
/// What a value with inline room may take: a cache line.
const INLINE_BYTES: usize = 64;

/// Counts lengths, to choose an inline capacity by what really occurs.
///
/// Put one into a static and [`record`](Self::record) into it, from any number of threads; take
/// [`sized!`](crate::sized) to have one for a call site without declaring it. Lengths up to 64 are
/// exact; a longer one is rounded up to the next power of two.
///
/// A report that is read while other threads record may lack what they are just recording; once
/// they have been joined it is exact.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::meter::LenHistogram;
///
/// static TAGS: LenHistogram = LenHistogram::new();
///
/// for tags in [&[1_u64, 2][..], &[1, 2, 3], &[]] {
///     TAGS.record(tags.len());
/// }
/// assert_eq!((TAGS.count(), TAGS.percentile(50), TAGS.max()), (3, 2, 3));
/// assert_eq!(TAGS.advice::<u64>().capacity(), Some(3));
/// ```
#[derive(Debug)]
pub struct LenHistogram {
    buckets: [AtomicU64; BUCKETS],
    max: AtomicUsize,
}

impl LenHistogram {
    /// Creates an empty histogram, in a static or anywhere else.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new() -> Self {
        Self { buckets: [const { AtomicU64::new(0) }; BUCKETS], max: AtomicUsize::new(0) }
    }

    /// Counts one length.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn record(&self, len: usize) {
        // Most lengths are no new maximum: they need no second locked instruction.
        if len > self.max.load(Relaxed) {
            self.max.fetch_max(len, Relaxed);
        }
        self.buckets[bucket(len)].fetch_add(1, Relaxed);
    }

    /// Returns how many lengths were recorded.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts().total()
    }

    /// Returns the longest length; 0 if none was recorded. It is exact, however long.
    #[must_use]
    pub fn max(&self) -> usize {
        self.max.load(Relaxed)
    }

    /// Returns the shortest length that at least `percent` % of the lengths do not exceed.
    ///
    /// This is the nearest rank: of `n` lengths in order the one at `n * percent / 100`, rounded up
    /// and counted from 1; there is no interpolation. `percentile(0)` is the shortest. Above 64 the
    /// answer is the next power of two or the maximum, whichever is less: never too short, and less
    /// than twice too long. 0 if nothing was recorded.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// Panics if `percent` is above 100.
    #[must_use]
    #[track_caller]
    pub fn percentile(&self, percent: u32) -> usize {
        assert!(percent <= 100, "percentile({percent}): pass at most 100");
        self.counts().percentile(percent)
    }

    /// Returns count, percentiles and maximum, and what they say about an inline capacity.
    ///
    /// Take [`advice`](Self::advice) if the type of the items is known.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn report(&self) -> LenReport {
        self.counts().report(None)
    }

    /// Returns the [`report`](Self::report) for items of type `T`, with what 64 bytes hold of them.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn advice<T>(&self) -> LenReport {
        self.counts().report(Some(size_of::<T>()))
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts { buckets: [0; BUCKETS], max: self.max() };
        for (count, bucket) in counts.buckets.iter_mut().zip(&self.buckets) {
            *count = bucket.load(Relaxed);
        }
        counts
    }
}

impl Default for LenHistogram {
    fn default() -> Self {
        Self::new()
    }
}

/// Records a length at this call site, and evaluates to it.
///
/// `sized!("site", v.len())` has a static [`LenHistogram`](crate::meter::LenHistogram) of its own;
/// with the type of the items as a third argument, `sized!("site", v.len(), Item)`, the report knows
/// how many of them 64 bytes hold. [`lengths`](crate::meter::lengths) lists all sites that have
/// run. The name must be a constant. In a generic function all instances share one site, and the
/// largest item counts.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::{meter, sized};
///
/// fn total(prices: &[u64]) -> u64 {
///     sized!("prices", prices.len(), u64);
///     prices.iter().sum()
/// }
///
/// assert_eq!(total(&[3, 4]) + total(&[5]), 12);
/// let prices = meter::lengths().sites().find(|site| site.name == "prices").unwrap();
/// assert_eq!((prices.lengths.count, prices.lengths.max), (2, 2));
/// println!("{}", meter::lengths());
/// ```
#[macro_export]
macro_rules! sized {
    (@ $site:expr, $len:expr, $item_bytes:expr) => {
        // The length is evaluated where the static is not in sight.
        match $len {
            len => {
                static SITE: $crate::meter::__private::Site = $crate::meter::__private::Site::new(
                    $site,
                    ::core::file!(),
                    ::core::line!(),
                );
                $crate::meter::__private::Site::record(&SITE, len, $item_bytes)
            }
        }
    };
    ($site:expr, $len:expr $(,)?) => {
        $crate::sized!(@ $site, $len, ::core::option::Option::None)
    };
    ($site:expr, $len:expr, $item:ty $(,)?) => {
        $crate::sized!(
            @ $site,
            $len,
            ::core::option::Option::Some(::core::mem::size_of::<$item>())
        )
    };
}

/// Returns what [`sized!`](crate::sized) has seen, at every call site that has run.
///
/// It prints as text, two lines a site, in the order in which the sites first ran.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::{meter, sized};
///
/// for name in ["ada", "grace"] {
///     sized!("names", name.len(), u8);
/// }
/// let text = meter::lengths().to_string();
/// assert!(text.contains(
///     "2 lengths: p50 3, p90 5, max 5; an inline capacity of 5 holds all of them; 64 bytes hold"
/// ));
/// ```
#[must_use]
pub fn lengths() -> Lengths {
    Lengths { first: FIRST.get().copied() }
}

/// The call sites of [`sized!`](crate::sized) that have run: prints as text.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    first: Option<&'static Site>,
}

impl Lengths {
    /// Returns each site with what it has recorded, in the order in which the sites first ran.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn sites(&self) -> impl Iterator<Item = SiteLengths> + use<> {
        core::iter::successors(self.first, |site| site.next.get().copied()).map(Site::lengths)
    }
}

impl fmt::Display for Lengths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sites().try_for_each(|site| writeln!(f, "{site}"))
    }
}

/// One call site of [`sized!`](crate::sized), and what it has recorded.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteLengths {
    /// The name that was given to the macro.
    pub name: &'static str,
    /// The source file, as the compiler names it.
    pub file: &'static str,
    /// The line in that file.
    pub line: u32,
    /// What was recorded.
    pub lengths: LenReport,
}

impl fmt::Display for SiteLengths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, file, line, lengths } = self;
        write!(f, "{name} ({file}:{line})\n    {lengths}")
    }
}

/// Count, percentiles and maximum of lengths, and the inline capacity that they propose.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LenReport {
    /// How many lengths were recorded.
    pub count: u64,
    /// The length that half of them do not exceed; see [`LenHistogram::percentile`].
    pub p50: usize,
    /// The length that 90 % of them do not exceed; see [`LenHistogram::percentile`].
    pub p90: usize,
    /// The longest.
    pub max: usize,
    /// The size of an item in bytes, if it is known.
    pub item_bytes: Option<usize>,
    /// How many items fit into a `SmallVec` of 64 bytes, one word of which is its length.
    ///
    /// `None` if the size of an item is not known, or zero: those never need the heap.
    pub fits: Option<usize>,
    /// How many lengths are at most `p90`.
    held_by_p90: u64,
    /// How many lengths are at most `fits`.
    held_by_fits: u64,
}

impl LenReport {
    /// Returns the inline capacity to take, if there is one.
    ///
    /// It is `max` where that fits into 64 bytes, so that nothing is ever on the heap; else `p90`
    /// where that fits. `None` means: stay with `Vec`, since nothing was recorded, 90 % are empty
    /// (an empty `Vec` owns no block), or the items take too much room to be moved around. Without
    /// the size of an item it is `p90`, up to 64.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn capacity(&self) -> Option<usize> {
        let room = match self.item_bytes {
            None => EXACT,
            Some(_) => self.fits?,
        };
        let wanted =
            if self.fits.is_some_and(|fits| self.max <= fits) { self.max } else { self.p90 };
        (self.p90 > 0 && wanted <= room).then_some(wanted)
    }

    /// `97.3 %`, rounded down: `100.0 %` means all.
    fn share(&self, held: u64) -> Share {
        let per_mille = u128::from(held) * 1000 / u128::from(self.count.max(1));
        Share(per_mille)
    }
}

impl fmt::Display for LenReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p90, max, .. } = *self;
        if count == 0 {
            return f.write_str("no lengths");
        }
        write!(f, "{count} lengths: p50 {p50}, p90 {p90}, max {max}; ")?;
        match self.capacity() {
            _ if self.item_bytes == Some(0) => {
                f.write_str("items without a size: a Vec of them never allocates")?;
            }
            _ if p90 == 0 => f.write_str("mostly empty: an empty Vec owns no block, keep it")?,
            None => f.write_str("too long to keep inline: a Vec with its capacity set at once")?,
            Some(all) if all == max => {
                write!(f, "an inline capacity of {all} holds all of them")?;
            }
            Some(most) => {
                let share = self.share(self.held_by_p90);
                write!(f, "an inline capacity of {most} holds {share}")?;
            }
        }
        if let (Some(fits), Some(item_bytes)) = (self.fits, self.item_bytes) {
            write!(f, "; 64 bytes hold {fits} of {item_bytes} B")?;
            if fits < max {
                write!(f, ", enough for {}", self.share(self.held_by_fits))?;
            }
        }
        Ok(())
    }
}

struct Share(u128);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} %", self.0 / 10, self.0 % 10)
    }
}

/// The call site of a [`sized!`](crate::sized).
#[doc(hidden)]
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    file: &'static str,
    line: u32,
    lengths: LenHistogram,
    /// The size of the largest item, plus one; 0 if it is not known.
    item_bytes: AtomicUsize,
    listed: AtomicBool,
    next: OnceLock<&'static Self>,
}

/// The site that ran first; each leads to the one that ran next.
static FIRST: OnceLock<&'static Site> = OnceLock::new();

impl Site {
    /// A site that has not run yet.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            name,
            file,
            line,
            lengths: LenHistogram::new(),
            item_bytes: AtomicUsize::new(0),
            listed: AtomicBool::new(false),
            next: OnceLock::new(),
        }
    }

    /// Records a length, and returns it.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn record(&'static self, len: usize, item_bytes: Option<usize>) -> usize {
        if !self.listed.load(Relaxed) && !self.listed.swap(true, Relaxed) {
            self.list();
        }
        let item_bytes = item_bytes.map_or(0, |bytes| bytes.saturating_add(1));
        if item_bytes > self.item_bytes.load(Relaxed) {
            self.item_bytes.fetch_max(item_bytes, Relaxed);
        }
        self.lengths.record(len);
        len
    }

    /// Links this site behind the last one.
    #[cold]
    fn list(&'static self) {
        let mut end = &FIRST;
        while end.set(self).is_err() {
            // Taken: go on behind the site that has it.
            let Some(taken) = end.get() else { continue };
            end = &taken.next;
        }
    }

    fn lengths(&'static self) -> SiteLengths {
        let item_bytes = self.item_bytes.load(Relaxed).checked_sub(1);
        let lengths = self.lengths.counts().report(item_bytes);
        SiteLengths { name: self.name, file: self.file, line: self.line, lengths }
    }
}

/// The figures of a histogram at one moment.
struct Counts {
    buckets: [u64; BUCKETS],
    max: usize,
}

impl Counts {
    fn total(&self) -> u64 {
        self.buckets.iter().sum()
    }

    fn percentile(&self, percent: u32) -> usize {
        let rank = (u128::from(self.total()) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.buckets.iter().position(|&count| {
            seen += u128::from(count);
            seen >= rank
        });
        found.map_or(0, |bucket| upper_end(bucket).min(self.max))
    }

    /// How many lengths are at most `len`.
    fn held_by(&self, len: usize) -> u64 {
        let whole = (0..BUCKETS).take_while(|&bucket| upper_end(bucket).min(self.max) <= len);
        whole.map(|bucket| self.buckets[bucket]).sum()
    }

    fn report(&self, item_bytes: Option<usize>) -> LenReport {
        let p90 = self.percentile(90);
        let fits =
            item_bytes.and_then(|bytes| (INLINE_BYTES - size_of::<usize>()).checked_div(bytes));
        LenReport {
            count: self.total(),
            p50: self.percentile(50),
            p90,
            max: self.max,
            item_bytes,
            fits,
            held_by_p90: self.held_by(p90),
            held_by_fits: self.held_by(fits.unwrap_or(0)),
        }
    }
}

const fn bucket(len: usize) -> usize {
    if len <= EXACT {
        return len;
    }
    // The exponent of the next power of two.
    let exponent = usize::BITS - (len - 1).leading_zeros();
    EXACT + (exponent - EXACT.ilog2()) as usize
}

/// The longest length of a bucket.
fn upper_end(bucket: usize) -> usize {
    if bucket <= EXACT {
        return bucket;
    }
    let shifts = bucket - EXACT;
    u32::try_from(shifts)
        .ok()
        .and_then(|shifts| 1_usize.checked_shl(EXACT.ilog2() + shifts))
        .unwrap_or(usize::MAX)
}
