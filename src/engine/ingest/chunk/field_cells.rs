//! One column of a batch of split records as cells.

use crate::engine::ingest::columns::CellSource;
use crate::engine::ingest::records::{Field, Format, field_bytes};
use crate::engine::ingest::spellings::Spellings;

/// One column's cells of a batch of rows.
pub(super) struct FieldCells<'a> {
    pub data: &'a [u8],
    pub format: &'a Format,
    pub spellings: &'a Spellings,
    pub fields: &'a [Field],
    pub stride: usize,
    pub rows: usize,
    pub next: usize,
    pub scratch: &'a mut Vec<u8>,
}

impl CellSource for FieldCells<'_> {
    #[inline]
    fn next_cell(&mut self) -> Option<&[u8]> {
        if self.next == self.rows {
            return None;
        }
        let field = self.fields[self.next * self.stride];
        self.next += 1;
        let cell = field_bytes(self.data, field, self.format, self.scratch);
        // What the user calls null is null also where it could be a value.
        Some(if self.spellings.hides(cell) { b"" } else { cell })
    }
}
