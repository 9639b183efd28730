//! What must be set before `main`.

use super::{Moment, Tuning};

/// Applies a [`Tuning`](crate::heap::Tuning) before `main`, while the allocators still sleep.
///
/// For what is too late from `main`: the number of arenas and huge pages of jemalloc, huge pages of
/// mimalloc. The other knobs work from here as well, and hold for the first allocation. Where none
/// of this is needed [`Tuning::apply`](crate::heap::Tuning::apply) is enough, and it is the way to
/// see what became of each knob: call it with the same tuning in `main`.
///
/// Write it once, in the crate that is the program (`main.rs`, not a library): it exports the symbol
/// `thrifty_tune_at_start`, so a second one does not build, and with the feature `jemalloc` also
/// `_rjem_malloc_conf`, jemalloc's start-up configuration. It adds a function that runs before
/// `main`: in the program's `.init_array` on ELF, ahead of constructors without a priority;
/// `__mod_init_func` on Apple's systems; `.CRT$XCU` on Windows. There mimalloc may have woken up
/// before, and its huge pages be too late. Other targets are a compile error.
///
/// A jemalloc that other crates have built without prefix
/// (`unprefixed_malloc_on_supported_platforms`) reads another symbol and is not reached: `apply`
/// says so. The expansion has `unsafe` attributes, so a crate that forbids `unsafe_code` cannot use it.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::{self, ByFeature, Tuning};
///
/// #[global_allocator]
/// static GLOBAL: ByFeature = ByFeature::new();
///
/// const TUNING: Tuning = Tuning::new().max_arenas(2);
/// heap::tune_at_start!(TUNING);
///
/// fn main() {
///     println!("allocator: {}", TUNING.apply());
/// }
/// ```
///
/// Twice is an error, "symbol `thrifty_tune_at_start` is already defined":
///
/// ```compile_fail
/// use thrifty::heap::{self, Tuning};
///
/// const TUNING: Tuning = Tuning::new().trim_threshold(64 << 20);
/// heap::tune_at_start!(TUNING);
/// heap::tune_at_start!(TUNING);
///
/// fn main() {}
/// ```
#[macro_export]
macro_rules! tune_at_start {
    ($tuning:expr $(,)?) => {
        const _: () = {
            // Alone here: what else is declared must not catch names of the caller's expression.
            const __THRIFTY_TUNING: $crate::heap::Tuning = $tuning;

            const _: () = {
                $crate::__jemalloc_conf!(__THRIFTY_TUNING);

                extern "C" fn tune() {
                    $crate::heap::__private::tune(&__THRIFTY_TUNING);
                }

                #[used]
                // The numbers up to 100 are the platform's own, and 101 is mimalloc's.
                #[cfg_attr(
                    all(unix, not(target_vendor = "apple")),
                    unsafe(link_section = ".init_array.00100")
                )]
                #[cfg_attr(
                    target_vendor = "apple",
                    unsafe(link_section = "__DATA,__mod_init_func")
                )]
                #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
                // The name is there for the error if there are two.
                #[unsafe(export_name = "thrifty_tune_at_start")]
                pub static BEFORE_MAIN: extern "C" fn() = tune;

                #[cfg(not(any(unix, windows)))]
                ::core::compile_error!("tune_at_start! cannot run before `main` on this target");
            };
        };
    };
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __jemalloc_conf {
    ($tuning:expr) => {
        static TEXT: [u8; $crate::heap::__private::CONF_LEN] =
            $crate::heap::__private::conf_text(&$tuning);

        #[used]
        #[unsafe(export_name = "_rjem_malloc_conf")]
        pub static CONF: $crate::heap::__private::Conf = &TEXT;
    };
}

#[cfg(not(all(feature = "jemalloc", not(target_env = "msvc"))))]
#[doc(hidden)]
#[macro_export]
macro_rules! __jemalloc_conf {
    ($tuning:expr) => {};
}

/// Room for every option at its longest, and the NUL.
#[doc(hidden)]
pub const CONF_LEN: usize = 112;

/// As C has it: `const char *`.
#[doc(hidden)]
pub type Conf = &'static [u8; CONF_LEN];

/// Turns the knobs that need no exported symbol.
///
/// # Allocation
///
/// Never allocates.
#[doc(hidden)]
pub fn tune(tuning: &Tuning) {
    // Nobody is there to be told; `apply` in `main` tells what holds.
    let _ = tuning.apply_in(Moment::Start);
}

/// Writes jemalloc's configuration: `option:value` pairs, a comma between them, NUL from there on.
///
/// # Allocation
///
/// Never allocates.
#[doc(hidden)]
#[must_use]
pub const fn conf_text(tuning: &Tuning) -> [u8; CONF_LEN] {
    let mut text = Text { bytes: [0; CONF_LEN], len: 0 };
    if let Some(when) = tuning.return_memory {
        let ms = when.delay_ms();
        text.option("dirty_decay_ms:");
        text.number(ms);
        text.option("muzzy_decay_ms:");
        text.number(if ms == -1 { -1 } else { 0 });
    }
    if let Some(arenas) = tuning.max_arenas {
        text.option("narenas:");
        text.number(arenas.cast_signed());
    }
    if let Some(on) = tuning.background_purge {
        text.option(if on { "background_thread:true" } else { "background_thread:false" });
    }
    if let Some(on) = tuning.huge_pages {
        text.option(if on { "thp:always" } else { "thp:never" });
    }
    text.bytes
}

struct Text {
    bytes: [u8; CONF_LEN],
    len: usize,
}

impl Text {
    const fn option(&mut self, name: &str) {
        if self.len > 0 {
            self.push(b',');
        }
        let name = name.as_bytes();
        let mut at = 0;
        while at < name.len() {
            self.push(name[at]);
            at += 1;
        }
    }

    const fn number(&mut self, number: i32) {
        if number < 0 {
            self.push(b'-');
        }
        let number = number.unsigned_abs();
        let mut unit = 1;
        while number / unit >= 10 {
            unit *= 10;
        }
        while unit > 0 {
            self.push(b'0' + (number / unit % 10) as u8);
            unit /= 10;
        }
    }

    const fn push(&mut self, byte: u8) {
        // The last byte stays NUL.
        assert!(self.len < CONF_LEN - 1, "CONF_LEN is too small");
        self.bytes[self.len] = byte;
        self.len += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::ReturnMemory;
    use core::time::Duration;

    fn text(tuning: Tuning) -> String {
        let bytes = conf_text(&tuning);
        let text = core::ffi::CStr::from_bytes_until_nul(&bytes).expect("ends with NUL");
        text.to_str().expect("is ASCII").into()
    }

    #[test]
    fn jemalloc_reads_the_knobs_that_are_set() {
        assert_eq!(text(Tuning::new().trim_threshold(7)), "");
        let never = Tuning::new().return_memory(ReturnMemory::Never);
        assert_eq!(text(never), "dirty_decay_ms:-1,muzzy_decay_ms:-1");
        let zero = Tuning::new().return_memory(ReturnMemory::AtOnce).max_arenas(10);
        assert_eq!(text(zero), "dirty_decay_ms:0,muzzy_decay_ms:0,narenas:10");
    }

    #[test]
    fn the_longest_text_fits() {
        let longest = Tuning::new()
            .return_memory(ReturnMemory::After(Duration::MAX))
            .max_arenas(u32::MAX)
            .background_purge(false)
            .huge_pages(true);
        let expected = "dirty_decay_ms:2147483647,muzzy_decay_ms:0,narenas:4094,\
                        background_thread:false,thp:always";
        assert_eq!(text(longest), expected);
    }
}
