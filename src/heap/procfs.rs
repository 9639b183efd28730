//! What Linux says of the process in `/proc/self`, read without allocating.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Figures of `/proc/self/status`; bytes, but for the threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) rss: Option<u64>,
    pub(super) peak_rss: Option<u64>,
    pub(super) virtual_mem: Option<u64>,
    pub(super) threads: Option<u32>,
}

/// Reads `/proc/self/status`; what cannot be read is `None`.
pub(super) fn status() -> Status {
    let mut buffer = [0; 4096];
    read(Path::new("/proc/self/status"), &mut buffer).map(parse_status).unwrap_or_default()
}

/// Reads the beginning of a file, as much as `buffer` holds.
///
/// std opens a path as short as these without allocating, close-on-exec.
pub(super) fn read<'b>(path: &Path, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let mut file = File::open(path).ok()?;
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(_) => return None,
        }
    }
    buffer.get(..filled)
}

/// Reads lines such as `VmRSS:\t    1592 kB`; other lines are skipped, broken ones give `None`.
fn parse_status(text: &[u8]) -> Status {
    let mut status = Status::default();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        // A last line without its end was cut off, and its number may be as well.
        let whole = line.strip_suffix(b"\n");
        let Some(line) = seeded!(whole, "procfs-cut-line-read" => whole.or(Some(line))) else {
            break;
        };
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        match name {
            b"VmRSS" => status.rss = kibibytes(value),
            b"VmHWM" => status.peak_rss = kibibytes(value),
            b"VmSize" => status.virtual_mem = kibibytes(value),
            b"Threads" => status.threads = number(value).and_then(|n| u32::try_from(n).ok()),
            _ => {}
        }
    }
    status
}

fn kibibytes(value: &[u8]) -> Option<u64> {
    number(value.strip_suffix(b" kB")?)?.checked_mul(1024)
}

/// The resident pages in a text of `/proc/self/statm`: the second of exactly seven numbers.
#[cfg(any(target_env = "gnu", test))]
pub(super) fn parse_statm(text: &[u8]) -> Option<u64> {
    let mut fields = text.strip_suffix(b"\n")?.split(|&byte| byte == b' ').map(number);
    fields.next()??;
    let resident = fields.next()??;
    let rest = fields.try_fold(0, |count, field| field.map(|_| count + 1))?;
    seeded!(rest == 5, "procfs-any-line-read" => true).then_some(resident)
}

/// Decimal digits and nothing else.
fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |sum, &byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_by_whole_lines() {
        let text = b"Name:\tVmRSS:\t7 kB\nVmSize:\t    3060 kB\nVmHWM:\t    1600 kB\n\
            VmRSS:\t    1592 kB\nThreads:\t12\nVmSwap:\t   0 kB\n";
        let whole = Status {
            rss: Some(1592 << 10),
            peak_rss: Some(1600 << 10),
            virtual_mem: Some(3060 << 10),
            threads: Some(12),
        };
        assert_eq!(parse_status(text), whole);
        // Cut anywhere, a figure is right or missing, never a part of its digits.
        for end in 0..text.len() {
            let cut = parse_status(&text[..end]);
            assert!(cut.rss.is_none_or(|rss| Some(rss) == whole.rss), "{end}: {cut:?}");
            assert!(cut.threads.is_none_or(|n| Some(n) == whole.threads), "{end}: {cut:?}");
        }
    }

    #[test]
    fn broken_status_gives_none() {
        for text in [
            "VmRSS:\t1592\n",
            "VmRSS:\t1592 MB\n",
            "VmRSS:\t-3 kB\n",
            "VmRSS:\t kB\n",
            "VmRSS 1592 kB\n",
            "VmRSS:\t18446744073709551615 kB\n",
            "VmRSS:\t99999999999999999999 kB\n",
            "Threads:\t4294967296\n",
            "",
        ] {
            assert_eq!(parse_status(text.as_bytes()), Status::default(), "{text:?}");
        }
    }

    #[test]
    fn statm_must_be_seven_numbers() {
        assert_eq!(parse_statm(b"765 438 409 5 0 123 0\n"), Some(438));
        for text in [
            "765 438 409 5 0 123\n",
            "765 438 409 5 0 123 0 1\n",
            "765 438 409 5 0 123 0",
            "765 438 409 5 0 123 x\n",
            "765 -8 409 5 0 123 0\n",
            "765  409 5 0 123 0 1\n",
            "1 (sh) S 0 1 1 0\n",
            "\n",
            "",
        ] {
            assert_eq!(parse_statm(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_gives_none() {
        assert_eq!(read(Path::new("/proc/self/no-such-file"), &mut [0; 16]), None);
        assert_eq!(read(Path::new("/proc"), &mut [0; 16]), None, "a directory");
        assert_eq!(read(Path::new("/proc/self/statm"), &mut [0; 3]).map(<[u8]>::len), Some(3));
    }
}
