//! How many items fit into an object of a given size, at compile time.

/// The most bytes that an object should have if it is moved: one cache line.
///
/// LLVM's `SmallVector` aims at the same 64.
pub const INLINE_OBJECT_BYTES: usize = 64;

/// The most bytes that one item of an inline collection should have.
///
/// LLVM's `SmallVector` refuses a default capacity above the same 256.
pub const INLINE_ITEM_BYTES: usize = 256;

/// The `N` with which a `SmallVec<[T; N]>` has at most `object_bytes` bytes.
///
/// The rule of LLVM's `SmallVector`, for types that are known where it is written:
/// `[T; inline_capacity::<T>(64)]` does not compile for a `T` that is a type parameter.
///
/// At least 1, also where one item is too large for `object_bytes`: write
/// [`assert_inline_size`] beside it to refuse that. An object is never smaller than a `Vec`. Of a
/// zero-sized type any number fits: `usize::MAX`.
///
/// # Allocation
///
/// Never allocates.
///
/// # Panics
///
/// If one item has more than [`INLINE_ITEM_BYTES`] bytes: where `N` is a constant, as in a type, that
/// is an error of the compiler. Such items belong behind a `Box`, or `N` in the code as a number.
///
/// # Examples
///
/// ```
/// use thrifty::inline::{INLINE_OBJECT_BYTES, SmallVec, inline_capacity};
///
/// /// As many ids as a cache line holds.
/// type Ids = SmallVec<[u32; inline_capacity::<u32>(INLINE_OBJECT_BYTES)]>;
///
/// # #[cfg(target_pointer_width = "64")] {
/// assert_eq!(inline_capacity::<u32>(64), 14);
/// assert_eq!(size_of::<Ids>(), 64);
/// # }
/// ```
///
/// An item that is too large:
///
/// ```compile_fail,E0080
/// use thrifty::inline::{SmallVec, inline_capacity};
///
/// let pages: SmallVec<[[u8; 4096]; inline_capacity::<[u8; 4096]>(64)]> = SmallVec::new();
/// ```
#[must_use]
pub const fn inline_capacity<T>(object_bytes: usize) -> usize {
    let item = size_of::<T>();
    assert!(
        item <= INLINE_ITEM_BYTES,
        "an item has more than INLINE_ITEM_BYTES bytes: put it into a Box, or write the capacity as a number"
    );
    if item == 0 {
        return usize::MAX;
    }
    // The object is the items and a word, rounded up to the larger of their two alignments.
    let align =
        if align_of::<T>() > align_of::<usize>() { align_of::<T>() } else { align_of::<usize>() };
    let usable = object_bytes / align * align;
    let fits = usable.saturating_sub(size_of::<usize>()) / item;
    if fits == 0 { 1 } else { fits }
}

/// Refuses to compile if `T` has more than `MAX` bytes.
///
/// For inline collections in types that are moved: a field that is added to an item makes each
/// object larger by `N` times as much, and no test notices.
///
/// # Allocation
///
/// Never allocates.
///
/// # Panics
///
/// If `T` has more than `MAX` bytes; in a `const` that is an error of the compiler.
///
/// # Examples
///
/// ```
/// use thrifty::inline::{SmallString, assert_inline_size};
///
/// struct Event {
///     name: SmallString<32>,
///     at: u64,
/// }
///
/// const _: () = assert_inline_size::<Event, 64>();
/// ```
///
/// One byte too many:
///
/// ```compile_fail,E0080
/// use thrifty::inline::assert_inline_size;
///
/// const _: () = assert_inline_size::<[u8; 65], 64>();
/// ```
///
/// In a function it is checked for each type that the function is compiled for, if it stands in a
/// `const` block:
///
/// ```compile_fail,E0080
/// use thrifty::inline::assert_inline_size;
///
/// fn keep<T>(_: T) {
///     const { assert_inline_size::<T, 64>() }
/// }
/// keep([0_u8; 65]);
/// ```
pub const fn assert_inline_size<T, const MAX: usize>() {
    assert!(
        size_of::<T>() <= MAX,
        "an object has more bytes than assert_inline_size allows: keep fewer items inline, put large ones into a Box, or raise MAX"
    );
}
