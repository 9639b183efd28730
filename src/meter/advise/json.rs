//! Writes JSON.

use core::fmt::{self, Write};

use super::{Advice, Site};
use crate::meter::json::write_string;

/// All of it as one object, without line breaks.
pub(super) fn write(out: &mut impl Write, advice: &Advice) -> fmt::Result {
    let usage = advice.usage;
    write!(
        out,
        r#"{{"allocs":{},"reallocs":{},"bytes":{},"dropped":{},"without_lines":{},"sites":["#,
        usage.allocs,
        usage.reallocs,
        usage.bytes_allocated,
        advice.dropped,
        advice.without_lines()
    )?;
    for (index, site) in advice.sites.iter().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        write_site(out, site)?;
    }
    out.write_str("]}")
}

fn write_site(out: &mut impl Write, site: &Site) -> fmt::Result {
    out.write_str(r#"{"file":"#)?;
    write_text(out, site.file.as_deref())?;
    write_number(out, "line", site.line)?;
    write_number(out, "column", site.column)?;
    out.write_str(r#","function":"#)?;
    write_string(out, &site.function)?;
    out.write_str(r#","via":"#)?;
    write_text(out, site.via.as_deref())?;
    // Names of variants have nothing to escape.
    write!(out, r#","kind":"{:?}","what":"#, site.kind)?;
    write_string(out, &site.kind.to_string())?;
    match site.lever {
        Some(lever) => write!(out, r#","lever":"{lever}""#)?,
        None => out.write_str(r#","lever":null"#)?,
    }
    write!(
        out,
        r#","allocs":{},"reallocs":{},"bytes":{},"sizes":{{"min":{},"median":{},"max":{}}}"#,
        site.allocs, site.reallocs, site.bytes, site.sizes.min, site.sizes.median, site.sizes.max
    )?;
    out.write_str(r#","instead":"#)?;
    write_string(out, site.instead)?;
    write!(out, r#","saves":{}}}"#, site.saves)
}

fn write_number(out: &mut impl Write, name: &str, number: Option<u32>) -> fmt::Result {
    match number {
        Some(number) => write!(out, r#","{name}":{number}"#),
        None => write!(out, r#","{name}":null"#),
    }
}

fn write_text(out: &mut impl Write, text: Option<&str>) -> fmt::Result {
    match text {
        Some(text) => write_string(out, text),
        None => out.write_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_null() {
        let mut out = String::new();
        write_text(&mut out, None).expect("a String takes everything");
        assert_eq!(out, "null");
    }
}
