//! What is written down about a record?
//!
//! A line of findings: where, what, by which rule, how sure, what was done, and where the replacement
//! stands in the output. Never the value, never its length: the end of a replacement says how long the
//! replacement is.

use std::io::Write as _;

/// One masked finding, ready to be written down. No field holds text of the input: `field` is the masked
/// form of a pointer or a column's name.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Where in the record, masked.
    pub field: &'a str,
    /// What was found.
    pub entity: &'a str,
    /// Which rule found it.
    pub rule: &'a str,
    /// How sure, in hundredths.
    pub score: u8,
    /// What was done.
    pub operator: &'a str,
    /// First code point of the replacement in the field's output.
    pub start: usize,
    /// One past its last code point.
    pub end: usize,
}

/// Appends the beginning of a record's line.
pub fn begin(record: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"record\":");
    number(record, out);
    out.extend_from_slice(b",\"found\":[");
}

/// Appends one finding; `first` says that none stands before it.
pub fn entry(entry: &Entry, first: bool, out: &mut Vec<u8>) {
    if !first {
        out.push(b',');
    }
    out.push(b'[');
    string(entry.field, out);
    out.extend_from_slice(b",\"");
    // Names of entities, rules and operators are checked to need no escape.
    out.extend_from_slice(entry.entity.as_bytes());
    out.extend_from_slice(b"\",\"");
    out.extend_from_slice(entry.rule.as_bytes());
    out.extend_from_slice(b"\",");
    score(entry.score, out);
    out.extend_from_slice(b",\"");
    out.extend_from_slice(entry.operator.as_bytes());
    out.extend_from_slice(b"\",");
    number(entry.start as u64, out);
    out.push(b',');
    number(entry.end as u64, out);
    out.push(b']');
}

/// Appends the end of a record's line.
pub fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"]}\n");
}

/// Appends the line of a quarantined record.
pub fn quarantined(record: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"record\":");
    number(record, out);
    out.extend_from_slice(b",\"quarantined\":true}\n");
}

/// Appends a number in decimal.
pub fn number(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends hundredths as a decimal fraction: 95 is `0.95`, 100 is `1.00`.
pub fn score(hundredths: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&[
        b'0' + hundredths / 100,
        b'.',
        b'0' + hundredths / 10 % 10,
        b'0' + hundredths % 10,
    ]);
}

/// Appends a JSON string.
pub fn string(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        // Writing a string to memory cannot fail.
        let _ = serde_json::to_writer(out.by_ref(), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_and_short() {
        let mut out = Vec::new();
        begin(1_234_567, &mut out);
        let finding = Entry {
            field: "/text",
            entity: "CREDIT_CARD",
            rule: "card.number",
            score: 98,
            operator: "label",
            start: 120,
            end: 135,
        };
        entry(&finding, true, &mut out);
        let one = out.len();
        entry(&Entry { field: "/a\"b", ..finding }, false, &mut out);
        end(&mut out);
        let line: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(line["found"][1][0], "/a\"b");
        assert_eq!(line["found"][0][3], 0.98);
        assert!(one < 90, "{one} bytes with the record's head");
    }
}
