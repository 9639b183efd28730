//! Integers as text, straight into where it is wanted.
//!
//! A formatter that fills a buffer from the right costs a copy of bytes that were just written in
//! pairs, which a processor cannot forward from its store buffer: half of the time of a short
//! `small_concat!`. Here eight digits at a time are made in a register, the first in its lowest
//! byte, by one multiplication for each halving: 4 + 4, 2 + 2 + 2 + 2, 1 + 1 + 1 + ...

use super::ArrayString;

/// What eight digits can say is below this.
const EIGHT: u64 = 100_000_000;
/// The digits of `u64::MAX`.
const MOST: usize = 20;
/// The digits of `u128::MAX`.
const MOST_WIDE: usize = 39;

/// Appends the digits of `n`; `false`, and nothing done, if they do not fit.
#[inline]
pub(super) fn push<const N: usize>(to: &mut ArrayString<N>, n: u64) -> bool {
    if n < EIGHT && has_room(to, 8) {
        push_first(to, n);
        true
    } else if has_room(to, MOST) {
        push_all(to, n);
        true
    } else {
        to.try_push_str(&text(n)).is_ok()
    }
}

/// How many digits `n` has.
pub(super) fn count(n: u64) -> usize {
    n.checked_ilog10().map_or(1, |below| below as usize + 1)
}

/// All digits of `n`.
#[inline(never)]
pub(super) fn text(n: u64) -> ArrayString<MOST> {
    let mut all = ArrayString::new();
    push_all(&mut all, n);
    all
}

/// All digits of `n`, which has more than 64 bits.
pub(super) fn text_wide(n: u128) -> ArrayString<MOST_WIDE> {
    let mut all = ArrayString::new();
    push_wide(&mut all, n);
    all
}

/// Appends to a text that has room for `MOST`.
#[inline(never)]
fn push_all<const N: usize>(to: &mut ArrayString<N>, n: u64) {
    assert!(has_room(to, 8), "room for the whole number");
    if n < EIGHT {
        return push_first(to, n);
    }
    let (high, low) = (n / EIGHT, n % EIGHT);
    if high < EIGHT {
        push_first(to, high);
    } else {
        push_first(to, high / EIGHT);
        push_next(to, high % EIGHT);
    }
    push_next(to, low);
}

/// Appends eight digits of a number to a text that has room for them.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only inlined does the compiler see that there is room")]
fn push_next<const N: usize>(to: &mut ArrayString<N>, n: u64) {
    // Said once, so that the compiler does not ask for each of the eight.
    assert!(has_room(to, 8), "room for the whole number");
    push_eight(to, ascii(n));
}

/// Appends the digits of a number below `EIGHT` to a text that has room for eight.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `push_next`")]
fn push_first<const N: usize>(to: &mut ArrayString<N>, n: u64) {
    // Eight are cheaper than as many as there are.
    let (digits, zeros) = without_zeros(n);
    let len = to.len() + 8 - zeros;
    push_eight(to, digits);
    to.truncate(len);
}

/// Appends to a text that has room for `MOST_WIDE`.
fn push_wide<const N: usize>(to: &mut ArrayString<N>, n: u128) {
    let chunk = u128::from(EIGHT);
    if let Ok(n) = u64::try_from(n) {
        return push_all(to, n);
    }
    push_wide(to, n / chunk);
    #[allow(clippy::cast_possible_truncation, reason = "the remainder is below 10^8")]
    push_next(to, (n % chunk) as u64);
}

/// Whether so many bytes fit.
///
/// Not `remaining_capacity() >= bytes`, which tells the compiler nothing: for all it knows `N - len`
/// has wrapped, and eight bytes then take eight stores.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `push_next`")]
fn has_room<const N: usize>(text: &ArrayString<N>, bytes: usize) -> bool {
    text.len() + bytes <= N
}

/// The digits of `n`, the first in the lowest byte, and how many zeros were before it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `push_next`")]
fn without_zeros(n: u64) -> (u64, usize) {
    let digits = ascii(n);
    // The last digit stays, also of 0.
    let zeros = ((digits & 0x0f0f_0f0f_0f0f_0f0f) | seeded!(1 << 56, "digits-of-zero" => 0))
        .trailing_zeros()
        / 8;
    (digits >> (8 * zeros), zeros as usize)
}

/// Eight digits, the first in the lowest byte.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `push_next`")]
fn ascii(n: u64) -> u64 {
    let halves = (n / 10_000) | (n % 10_000) << 32;
    // 10_486 / 2^20 is 1/100 for up to 4 digits, 103 / 2^10 is 1/10 for up to 2.
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | (halves - 100 * hundreds) << 16;
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = pairs - 10 * tens;
    tens | ones << 8 | 0x3030_3030_3030_3030
}

/// One store: the compiler puts the eight together.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `push_next`")]
fn push_eight<const N: usize>(to: &mut ArrayString<N>, digits: u64) {
    // ASCII for the compiler too.
    for byte in (digits & 0x7f7f_7f7f_7f7f_7f7f).to_le_bytes() {
        to.push(char::from(byte));
    }
}
