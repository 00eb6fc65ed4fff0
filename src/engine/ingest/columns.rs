//! Typed columns under construction: cells in, stored columns out.
//!
//! A chunk's builder is filled on any thread; `append` joins the chunks in file order. Texts
//! are coded, each different one held once. Invariant: every cell is a value, a null or an
//! invalid cell (null in the table, kept with its text up to `MAX_KEPT`).

use super::cell;
use super::dataset::MAX_KEPT;
use super::frame::FrameColumn;
use super::log::NULL_TIME;
use super::plan::Plan;
use super::spellings::Spellings;
use super::stats::CellStats;
use super::texts::TextValues;
use polars::prelude::{BooleanChunked, Float64Chunked, Int64Chunked, IntoColumn, IntoSeries, TimeUnit};
use polars_arrow::array::{BooleanArray, PrimitiveArray};
use polars_arrow::bitmap::{Bitmap, MutableBitmap};
use polars_arrow::datatypes::ArrowDataType;
use std::sync::Arc;

enum Values {
    Text(TextValues),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Boolean(MutableBitmap),
}

/// A column being read.
pub(super) struct ColumnBuilder {
    pub plan: Plan,
    values: Values,
    /// `None` while no cell is null.
    validity: Option<MutableBitmap>,
    len: usize,
    pub nulls: u64,
    pub num_invalid: u64,
    /// Row in this builder and raw text, at most `MAX_KEPT`.
    pub invalid: Vec<(u64, String)>,
    /// Forms of the cells that did not parse, or of all cells of a text column.
    pub stats: CellStats,
    spellings: Arc<Spellings>,
}

impl ColumnBuilder {
    pub(super) fn new(plan: Plan, capacity: usize, spellings: Arc<Spellings>) -> Self {
        let values = match plan {
            Plan::Text { .. } => Values::Text(TextValues::with_capacity(capacity)),
            Plan::Integer { .. } | Plan::Time(_) => Values::Integer(Vec::with_capacity(capacity)),
            Plan::Float { .. } => Values::Float(Vec::with_capacity(capacity)),
            Plan::Boolean => Values::Boolean(MutableBitmap::with_capacity(capacity)),
        };
        Self {
            plan,
            values,
            validity: None,
            len: 0,
            nulls: 0,
            num_invalid: 0,
            invalid: Vec::new(),
            stats: CellStats::default(),
            spellings,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Makes room for rows that are expected.
    pub(super) fn reserve(&mut self, additional: usize) {
        match &mut self.values {
            Values::Text(values) => values.reserve(additional),
            Values::Integer(values) => values.reserve(additional),
            Values::Float(values) => values.reserve(additional),
            Values::Boolean(values) => values.reserve(additional),
        }
    }

    /// Adds cells in row order. The plan is looked at once for all of them.
    pub(super) fn extend<S: CellSource>(&mut self, cells: &mut S) {
        match self.plan {
            Plan::Text { null_spellings } => {
                while let Some(cell) = cells.next_cell() {
                    self.push_text(cell, null_spellings);
                }
            }
            Plan::Integer { dot_zero, marks } => {
                while let Some(cell) = cells.next_cell() {
                    let parsed = Plan::parse_int(cell, dot_zero, marks)
                        .or_else(|| Plan::parse_int(cell::trim(cell), dot_zero, marks));
                    self.push_integer(parsed, cell);
                }
            }
            Plan::Time(format) => {
                while let Some(cell) = cells.next_cell() {
                    self.push_integer(format.parse(cell::trim(cell)), cell);
                }
            }
            Plan::Float { marks } => {
                while let Some(cell) = cells.next_cell() {
                    self.push_float(Plan::parse_float(cell::trim(cell), marks), cell);
                }
            }
            Plan::Boolean => {
                while let Some(cell) = cells.next_cell() {
                    self.push_boolean(self.spellings.parse_bool(cell::trim(cell)), cell);
                }
            }
        }
    }

    /// Counts the forms of a text column's cells once all of a chunk are in: each different text is looked at once.
    pub(super) fn count_forms(&mut self) {
        let (Values::Text(values), Plan::Text { null_spellings: true }) = (&self.values, self.plan) else {
            return;
        };
        for (text, times) in values.counted() {
            let mut one = CellStats::default();
            one.add_by(text, &self.spellings);
            self.stats.merge_times(&one, times);
        }
    }

    /// Adds `count` nulls: the cells of a file that lacks this column.
    pub(super) fn extend_missing(&mut self, count: usize) {
        for _ in 0..count {
            self.push_null_value();
            self.note_null();
        }
    }

    #[inline]
    fn push_text(&mut self, cell: &[u8], null_spellings: bool) {
        let null = if null_spellings {
            self.spellings.is_null(cell)
        } else {
            cell.is_empty()
        };
        if null {
            self.push_null_value();
            self.stats.nulls += 1;
            self.note_null();
        } else {
            if let Values::Text(values) = &mut self.values {
                values.push(cell);
            }
            self.note_valid();
        }
    }

    #[inline]
    fn push_integer(&mut self, parsed: Option<i64>, cell: &[u8]) {
        if let Values::Integer(values) = &mut self.values {
            values.push(parsed.unwrap_or(NULL_TIME));
        }
        self.note(parsed.is_some(), cell);
    }

    #[inline]
    fn push_float(&mut self, parsed: Option<f64>, cell: &[u8]) {
        if let Values::Float(values) = &mut self.values {
            values.push(parsed.unwrap_or(f64::NAN));
        }
        self.note(parsed.is_some(), cell);
    }

    #[inline]
    fn push_boolean(&mut self, parsed: Option<bool>, cell: &[u8]) {
        if let Values::Boolean(values) = &mut self.values {
            values.push(parsed.unwrap_or_default());
        }
        self.note(parsed.is_some(), cell);
    }

    fn push_null_value(&mut self) {
        match &mut self.values {
            Values::Text(values) => values.push_null(),
            // What the log's view holds for null, so that it needs no copy of its own.
            Values::Integer(values) => values.push(NULL_TIME),
            Values::Float(values) => values.push(f64::NAN),
            Values::Boolean(values) => values.push(false),
        }
    }

    #[inline]
    fn note(&mut self, valid: bool, cell: &[u8]) {
        if valid {
            self.note_valid();
        } else {
            self.note_unparsed(cell);
        }
    }

    #[inline]
    fn note_valid(&mut self) {
        self.len += 1;
        if let Some(validity) = &mut self.validity {
            validity.push(true);
        }
    }

    fn note_null(&mut self) {
        self.nulls += 1;
        self.push_invalid_bit();
    }

    fn note_unparsed(&mut self, cell: &[u8]) {
        if self.spellings.is_null(cell::trim(cell)) {
            self.note_null();
            return;
        }
        self.stats.add_value_by(cell::trim(cell), &self.spellings);
        self.num_invalid += 1;
        if self.invalid.len() < MAX_KEPT {
            let text = String::from_utf8_lossy(cell).into_owned();
            self.invalid.push((self.len as u64, text));
        }
        self.push_invalid_bit();
    }

    fn push_invalid_bit(&mut self) {
        let len = self.len;
        if matches!(self.values, Values::Text(_)) {
            // The null code says it.
            self.len += 1;
            return;
        }
        let validity = self.validity.get_or_insert_with(|| MutableBitmap::from_len_set(len));
        validity.push(false);
        self.len += 1;
    }

    /// Adds the rows of the next chunk, read with the same plan.
    pub(super) fn append(&mut self, next: Self) {
        debug_assert_eq!(self.plan, next.plan);
        let offset = self.len;
        match (&mut self.values, next.values) {
            (Values::Text(mine), Values::Text(theirs)) => mine.append(&theirs),
            (Values::Integer(mine), Values::Integer(theirs)) => mine.extend_from_slice(&theirs),
            (Values::Float(mine), Values::Float(theirs)) => mine.extend_from_slice(&theirs),
            (Values::Boolean(mine), Values::Boolean(theirs)) => mine.extend_from_bitmap(&theirs.into()),
            // Chunks of one column share its plan, and the plan decides the kind of values.
            _ => return,
        }
        match (&mut self.validity, next.validity) {
            (None, None) => {}
            (Some(mine), None) => mine.extend_constant(next.len, true),
            (mine, Some(theirs)) => mine
                .get_or_insert_with(|| MutableBitmap::from_len_set(offset))
                .extend_from_bitmap(&Bitmap::from(theirs)),
        }
        self.len += next.len;
        self.nulls += next.nulls;
        self.num_invalid += next.num_invalid;
        let room = MAX_KEPT.saturating_sub(self.invalid.len());
        let kept = next.invalid.into_iter().take(room);
        self.invalid.extend(kept.map(|(row, text)| (row + offset as u64, text)));
        self.stats.merge(&next.stats);
    }

    /// The finished column.
    pub(super) fn finish(self, name: &str) -> FrameColumn {
        let validity: Option<Bitmap> = self.validity.map(Into::into);
        let column_name = name.into();
        FrameColumn::Plain(match self.values {
            Values::Text(values) => {
                return FrameColumn::Texts {
                    name: name.to_owned(),
                    texts: values.finish(),
                };
            }
            Values::Integer(values) => {
                let array = PrimitiveArray::new(ArrowDataType::Int64, values.into(), validity);
                let integers = Int64Chunked::with_chunk(column_name, array);
                match self.plan {
                    Plan::Time(_) => integers
                        .into_datetime(TimeUnit::Microseconds, None)
                        .into_series()
                        .into_column(),
                    _ => integers.into_series().into_column(),
                }
            }
            Values::Float(values) => {
                let array = PrimitiveArray::new(ArrowDataType::Float64, values.into(), validity);
                Float64Chunked::with_chunk(column_name, array)
                    .into_series()
                    .into_column()
            }
            Values::Boolean(values) => {
                let array = BooleanArray::new(ArrowDataType::Boolean, values.into(), validity);
                BooleanChunked::with_chunk(column_name, array)
                    .into_series()
                    .into_column()
            }
        })
    }
}

/// Cells of one column, lent one after the other.
pub(super) trait CellSource {
    fn next_cell(&mut self) -> Option<&[u8]>;
}
