//! How deep is the schema of a Parquet footer?
//!
//! Asked before the footer is handed to who reads all of it, which goes as deep as a footer says, and a stack that ends
//! cannot be caught. Only the schema's elements are looked at (Thrift's compact protocol); what is damaged otherwise is left
//! to be told by the reader.

use crate::limits;

/// Structs within structs of a footer; the format has seven.
const STRUCTS: usize = 24;

/// The field of a footer that holds the schema, and that of an element that says how many elements it holds.
const SCHEMA: i64 = 2;
const CHILDREN: i64 = 5;

const STRUCT: u8 = 12;
const LIST: u8 = 9;

/// Whether the schema is nested within bounds, a few levels of which are the format's own for each list.
pub(super) fn is_shallow(footer: &[u8]) -> bool {
    depth(&mut Thrift { bytes: footer }).is_none_or(|depth| depth <= 3 * limits::TABLE_DEPTH)
}

struct Thrift<'a> {
    bytes: &'a [u8],
}

/// The deepest element; `None` where the bytes end or say nothing that is Thrift.
fn depth(thrift: &mut Thrift) -> Option<usize> {
    let (mut id, mut most) = (0, None);
    while let Some(kind) = thrift.field(&mut id)? {
        if (id, kind) != (SCHEMA, LIST) {
            thrift.skip(kind, 0)?;
            continue;
        }
        let (_, count) = thrift.list()?;
        // How many elements are still to come at each level.
        let mut open: Vec<i64> = Vec::new();
        let mut deepest = 0;
        for _ in 0..count {
            let (mut member, mut children) = (0, 0);
            while let Some(kind) = thrift.field(&mut member)? {
                if member == CHILDREN {
                    children = thrift.number()?;
                } else {
                    thrift.skip(kind, 0)?;
                }
            }
            while open.last() == Some(&0) {
                open.pop();
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            if children > 0 {
                open.push(children);
            }
            deepest = deepest.max(open.len());
            if deepest > 3 * limits::TABLE_DEPTH {
                return Some(deepest);
            }
        }
        // A field may come twice, and nobody says which one counts.
        most = most.max(Some(deepest));
    }
    most
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        self.unsigned().map(|value| (value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The kind of the next field, whose number replaces that of the one before; `Some(None)` at the end of a struct.
    fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *id = if byte >> 4 == 0 { self.number()? } else { *id + i64::from(byte >> 4) };
        Some(Some(byte & 15))
    }

    /// The kind of a list's elements, and how many there are.
    fn list(&mut self) -> Option<(u8, u64)> {
        let byte = self.byte()?;
        let count = if byte >> 4 == 15 { self.unsigned()? } else { u64::from(byte >> 4) };
        Some((byte & 15, count))
    }

    fn skip(&mut self, kind: u8, within: usize) -> Option<()> {
        if within > STRUCTS {
            return None;
        }
        match kind {
            1 | 2 => {}
            3 => self.bytes = self.bytes.get(1..)?,
            4..=6 => drop(self.unsigned()?),
            7 => self.bytes = self.bytes.get(8..)?,
            8 => {
                let length = self.unsigned()?;
                self.bytes = self.bytes.get(usize::try_from(length).ok()?..)?;
            }
            LIST | 10 => {
                let (kind, count) = self.list()?;
                for _ in 0..count {
                    // Truth values take a byte each in a list.
                    self.skip(if kind <= 2 { 3 } else { kind }, within + 1)?;
                }
            }
            STRUCT => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, within + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer whose schema is a chain of records.
    fn chain(depth: usize) -> Vec<u8> {
        let mut footer = vec![0x15, 2, 0x19, 0xFC];
        let mut count = depth + 1;
        while count >= 0x80 {
            footer.push((count & 0x7F) as u8 | 0x80);
            count >>= 7;
        }
        footer.push(count as u8);
        (0..depth).for_each(|_| footer.extend([0x48, 1, b'a', 0x15, 2, 0]));
        footer.extend([0x15, 12, 0x38, 1, b'a', 0, 0]);
        footer
    }

    #[test]
    fn deep_chains_are_refused() {
        assert!(is_shallow(&chain(3)));
        assert!(is_shallow(&chain(100)));
        assert!(!is_shallow(&chain(1000)));
        assert!(!is_shallow(&chain(300_000)));
        assert!(is_shallow(b"\x15\x02\xFF\xFF"));
    }
}
