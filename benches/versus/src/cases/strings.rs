//! Short text that is built, read and dropped.
//!
//! | case | text |
//! |---|---|
//! | `format` | `user:{id}:{name}` by format string |
//! | `concat` | the same, piece by piece |
//! | `format-spilled` | by format string, more than twice what fits inline |
//! | `push-char` | 22 characters, one by one |

use core::hint::black_box;
use core::ops::Deref;

use arrayvec::ArrayString;
use compact_str::{CompactString, format_compact};
use ecow::{EcoString, eco_format};
use hipstr::HipStr;
use smallstr::SmallString as SmallStr;
use smol_str::{SmolStrBuilder, format_smolstr};
use thrifty::inline::{SmallString, small_concat, small_format};

use super::Entry;

/// What the text is made of.
struct Parts {
    id: u64,
    name: &'static str,
    long: &'static str,
    chars: [char; 22],
}

const PARTS: Parts = Parts {
    id: 4_711_815,
    name: "rosalind",
    long: "a name that nobody has ever fitted into 32 bytes, ok",
    chars: [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r',
        's', 't', 'u', 'v',
    ],
};

/// Writes to text that grows, as `format!` does to a `String`.
fn written<T: core::fmt::Write>(mut text: T, arguments: core::fmt::Arguments<'_>) -> T {
    text.write_fmt(arguments).expect("the text has room");
    text
}

macro_rules! cases {
    ($($case:literal($parts:ident) { $($name:literal => $build:expr,)* })*) => {
        /// All implementations of each case.
        pub static ENTRIES: &[Entry] = &[$($({
            #[inline(always)]
            fn build($parts: &Parts) -> impl Deref<Target = str> {
                $build
            }

            #[inline(never)]
            fn run(ops: u64) {
                for _ in 0..ops {
                    black_box(&*build(black_box(&PARTS)));
                }
            }

            Entry {
                case: $case,
                name: $name,
                run,
                result: || build(&PARTS).bytes().map(u64::from).collect(),
            }
        },)*)*];
    };
}

/// Pushes every character.
macro_rules! pushed {
    ($parts:ident, $new:expr) => {{
        let mut text = $new;
        for &character in &$parts.chars {
            text.push(character);
        }
        text
    }};
}

/// Pushes the pieces, the number by `itoa`.
macro_rules! pieces {
    ($parts:ident, $new:expr) => {{
        let mut text = $new;
        text.push_str("user:");
        text.push_str(itoa::Buffer::new().format($parts.id));
        text.push(':');
        text.push_str($parts.name);
        text
    }};
}

cases! {
    "format"(parts) {
        "thrifty" => small_format!(32; "user:{}:{}", parts.id, parts.name),
        "format!" => format!("user:{}:{}", parts.id, parts.name),
        "compact_str" => format_compact!("user:{}:{}", parts.id, parts.name),
        "smol_str" => format_smolstr!("user:{}:{}", parts.id, parts.name),
        "ecow" => eco_format!("user:{}:{}", parts.id, parts.name),
        "hipstr" => HipStr::from(format!("user:{}:{}", parts.id, parts.name)),
        "smallstr" => written(SmallStr::<[u8; 32]>::new(), format_args!("user:{}:{}", parts.id, parts.name)),
        "arrayvec" => written(ArrayString::<32>::new(), format_args!("user:{}:{}", parts.id, parts.name)),
    }
    "concat"(parts) {
        "thrifty" => small_concat!(32; "user:", parts.id, ':', parts.name),
        "format!" => format!("user:{}:{}", parts.id, parts.name),
        "String" => pieces!(parts, String::new()),
        "String::with_capacity" => pieces!(parts, String::with_capacity(32)),
        "compact_str" => pieces!(parts, CompactString::const_new("")),
        "smol_str" => format_smolstr!("user:{}:{}", parts.id, parts.name),
        "SmolStrBuilder" => pieces!(parts, SmolStrBuilder::new()).finish(),
        "ecow" => pieces!(parts, EcoString::new()),
        "smallstr" => pieces!(parts, SmallStr::<[u8; 32]>::new()),
        "arrayvec" => pieces!(parts, ArrayString::<32>::new()),
    }
    "format-spilled"(parts) {
        "thrifty" => small_format!(32; "user:{}:{}", parts.id, parts.long),
        "format!" => format!("user:{}:{}", parts.id, parts.long),
        "compact_str" => format_compact!("user:{}:{}", parts.id, parts.long),
        "smol_str" => format_smolstr!("user:{}:{}", parts.id, parts.long),
        "ecow" => eco_format!("user:{}:{}", parts.id, parts.long),
        "hipstr" => HipStr::from(format!("user:{}:{}", parts.id, parts.long)),
        "smallstr" => written(SmallStr::<[u8; 32]>::new(), format_args!("user:{}:{}", parts.id, parts.long)),
    }
    "push-char"(parts) {
        "thrifty" => pushed!(parts, SmallString::<32>::new()),
        "String" => pushed!(parts, String::new()),
        "String::with_capacity" => pushed!(parts, String::with_capacity(22)),
        "compact_str" => pushed!(parts, CompactString::const_new("")),
        "ecow" => pushed!(parts, EcoString::new()),
        "smallstr" => pushed!(parts, SmallStr::<[u8; 32]>::new()),
        "arrayvec" => pushed!(parts, ArrayString::<32>::new()),
    }
}
