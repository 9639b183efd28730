//! Words and numbers on a terminal.

/// Lines of at most `width` characters, broken between words; a longer word is a line.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let used = lines[last].chars().count();
        if used == 0 {
            lines[last].push_str(word);
        } else if used + 1 + word.chars().count() <= width {
            lines[last].push(' ');
            lines[last].push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Columns aligned by spaces: those of `left` to the left, the others to the right.
pub(crate) fn aligned<const N: usize>(rows: &[[String; N]], left: &[usize]) -> Vec<String> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    });
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                if left.contains(&column) {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            })
            .collect();
        format!("  {}", cells.join("  ")).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A Markdown table, its first row the head; the columns of `left` are text.
pub(crate) fn markdown_table<const N: usize>(rows: &[[String; N]], left: &[usize]) -> String {
    let lines = rows.iter().map(|row| format!("| {} |", row.join(" | ")));
    let mut lines: Vec<String> = lines.collect();
    let rule = (0..N).map(|column| if left.contains(&column) { "---" } else { "--:" });
    lines.insert(1, format!("|{}|", rule.collect::<Vec<_>>().join("|")));
    lines.join("\n")
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same for a time, without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nanoseconds")]
pub(crate) fn grouped_f64(number: f64) -> String {
    grouped(number.round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("ab cd  ef gh", 5), ["ab cd", "ef gh"]);
        assert_eq!(wrapped("a longerword b", 5), ["a", "longerword", "b"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 999, 1000, 12_345, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "12,345", "1,234,567"]);
        assert_eq!(grouped_f64(4540.6), "4,541");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["ab", "1", "x"], ["c", "23", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(aligned(&rows, &[0]), ["  ab   1  x", "  c   23"]);
        assert_eq!(markdown_table(&rows, &[0]), "| ab | 1 | x |\n|---|--:|--:|\n| c | 23 |  |");
    }
}
