//! One column prepared for questions about all its rows: their order, and its different values as text.
//!
//! In: a column, once. Out: the rows in the column's order, or those whose cell contains a text, in tens of milliseconds
//! for ten million rows (`benches/rows.rs`). It takes four bytes a row, four a different value and the values' letters;
//! the letters of coded texts are those of the log's own dictionary unless they have capitals among them.
//! Invariant: the answers are those of `row_keys::ordered` and `row_filter::containing`.

use super::cells::Cells;
use super::laid_texts::{LaidTexts, PER_PIECE};
use super::row_filter::CellWriter;
use super::row_keys::ordered;
use super::row_set::RowSet;
use crate::engine::ingest::CodedTexts;
use crate::engine::progress::{Cancelled, Progress};
use memchr::memmem::Finder;
use rayon::prelude::*;

/// Rows or values handled between two looks at the cancel flag.
const CHUNK: usize = 1 << 16;
/// Parts a thread is given where values are few and their rows many.
const PARTS: usize = 8;

pub(super) struct ColumnIndex {
    /// All rows by rising value, equal ones as in the file, missing cells last.
    order: Vec<u32>,
    /// Where in `order` each different value begins, and where the missing ones do; empty where no two are equal.
    starts: Vec<u32>,
    /// Rows that are not missing.
    present: usize,
    texts: Texts,
}

/// What each different value is written as, in lower case.
enum Texts {
    /// By the value's place in the order.
    Values(LaidTexts),
    /// By the code of a coded text.
    Codes(LaidTexts),
    /// The dictionary of coded texts is in lower case already.
    Dictionary,
    /// There was no room for them.
    Missing,
}

impl ColumnIndex {
    /// Prepares a column; `None` if that takes more than `room` bytes.
    pub fn build(cells: Cells<'_>, room: usize, progress: &Progress) -> Result<Option<Self>, Cancelled> {
        let len = cells.len();
        if room < 2 * len * size_of::<u32>() {
            return Ok(None);
        }
        let order = {
            let rows: Vec<u32> = (0..len as u32).collect();
            ordered(cells, &rows, false, progress)?
        };
        let present = order.partition_point(|&row| !cells.is_null(row as usize));
        let starts = starts(cells, &order[..present], progress)?;
        let mut index = Self {
            order,
            starts,
            present,
            texts: Texts::Missing,
        };
        let left = room.saturating_sub(index.bytes());
        index.texts = index.texts_of(cells, left, progress)?;
        Ok(Some(index))
    }

    /// Memory taken.
    pub fn bytes(&self) -> usize {
        let texts = match &self.texts {
            Texts::Values(laid) | Texts::Codes(laid) => laid.bytes(),
            Texts::Dictionary | Texts::Missing => 0,
        };
        (self.order.len() + self.starts.len()) * size_of::<u32>() + texts
    }

    /// Number of different values.
    pub fn num_values(&self) -> usize {
        if self.starts.is_empty() {
            self.present
        } else {
            self.starts.len() - 1
        }
    }

    /// The rows that hold a value, by its place among the different ones.
    #[inline]
    fn rows_of(&self, value: usize) -> &[u32] {
        match self.starts.get(value..value + 2) {
            Some(bounds) => &self.order[bounds[0] as usize..bounds[1] as usize],
            None => &self.order[value..=value],
        }
    }

    fn texts_of(&self, cells: Cells<'_>, room: usize, progress: &Progress) -> Result<Texts, Cancelled> {
        let num = self.num_values();
        let laid = match cells {
            Cells::Coded(texts) => {
                let num = texts.first_row.len();
                if is_lower(texts) {
                    return Ok(Texts::Dictionary);
                }
                let laid = LaidTexts::new(num, room, progress, |codes, piece| {
                    codes.for_each(|code| piece.text(texts.dictionary.get(code as u32)));
                })?;
                return Ok(laid.map_or(Texts::Missing, Texts::Codes));
            }
            Cells::Text(_) => LaidTexts::new(num, room, progress, |values, piece| {
                values.for_each(|value| {
                    let row = self.rows_of(value)[0] as usize;
                    piece.text(cells.text(row).unwrap_or_default());
                });
            })?,
            _ => LaidTexts::new(num, room, progress, |values, piece| {
                let mut writer = CellWriter::default();
                values.for_each(|value| {
                    let key = cells.key(self.rows_of(value)[0] as usize).unwrap_or_default();
                    piece.plain(writer.write(cells, key));
                });
            })?,
        };
        Ok(laid.map_or(Texts::Missing, Texts::Values))
    }

    /// The rows whose cell contains a text, which is in lower case and not empty. `None` if that is not known here.
    pub fn containing(&self, cells: Cells<'_>, wanted: &str, progress: &Progress) -> Result<Option<RowSet>, Cancelled> {
        let (codes, texts) = match (&self.texts, cells) {
            (Texts::Values(laid), _) => {
                let add = |value: u32, rows: &mut RowSet| {
                    self.rows_of(value as usize).iter().for_each(|&row| rows.add(row));
                };
                return laid.search(wanted, self.order.len(), progress, add).map(Some);
            }
            (Texts::Codes(laid), Cells::Coded(texts)) => {
                let add = |code: u32, codes: &mut RowSet| codes.add(code);
                (laid.search(wanted, texts.first_row.len(), progress, add)?, texts)
            }
            (Texts::Dictionary, Cells::Coded(texts)) => {
                let (num, finder) = (texts.first_row.len(), Finder::new(wanted));
                let search = |piece: usize, codes: &mut RowSet| {
                    let of_piece = piece * PER_PIECE..((piece + 1) * PER_PIECE).min(num);
                    texts.dictionary.containing(&finder, of_piece, |code| codes.add(code));
                };
                (
                    RowSet::collected(num, num.div_ceil(PER_PIECE), progress, search)?,
                    texts,
                )
            }
            (Texts::Codes(_) | Texts::Dictionary | Texts::Missing, _) => return Ok(None),
        };
        RowSet::places(&texts.codes, progress, |&code| codes.has(code)).map(Some)
    }

    /// Rows, which ascend, in the column's order.
    pub fn ordered(&self, rows: &[u32], descending: bool, progress: &Progress) -> Result<Vec<u32>, Cancelled> {
        let chosen = (rows.len() < self.order.len()).then(|| RowSet::of(rows, self.order.len()));
        self.ordered_set(chosen.as_ref(), descending, progress)
    }

    /// The rows of a set, or all, in the column's order.
    pub fn ordered_set(
        &self,
        chosen: Option<&RowSet>,
        descending: bool,
        progress: &Progress,
    ) -> Result<Vec<u32>, Cancelled> {
        progress.check()?;
        match (chosen, descending) {
            (None, false) => Ok(self.order.clone()),
            (Some(chosen), false) => chosen.those(&self.order, true, progress),
            (_, true) => self.falling(chosen, progress),
        }
    }

    /// The last value first, but the rows of each as they come.
    fn falling(&self, chosen: Option<&RowSet>, progress: &Progress) -> Result<Vec<u32>, Cancelled> {
        let num = self.num_values();
        let size = num.div_ceil(PARTS * rayon::current_num_threads()).clamp(1, CHUNK);
        let mut parts: Vec<Vec<u32>> = (0..num.div_ceil(size))
            .into_par_iter()
            .rev()
            .map(|part| {
                progress.check()?;
                let values = part * size..((part + 1) * size).min(num);
                Ok(match chosen {
                    None => {
                        let mut rows = Vec::with_capacity(self.num_rows(&values));
                        values
                            .rev()
                            .for_each(|value| rows.extend_from_slice(self.rows_of(value)));
                        rows
                    }
                    Some(chosen) => self.chosen_falling(values, chosen),
                })
            })
            .collect::<Result<_, Cancelled>>()?;
        let is_chosen = |row: &u32| chosen.is_none_or(|chosen| chosen.has(*row));
        let missing = self.order[self.present..].iter().copied();
        parts.push(missing.filter(is_chosen).collect());
        Ok(parts.concat())
    }

    /// The rows of some values that are in a set. As in `RowSet::those` each row is written and the next one over it if
    /// it is none of them.
    fn chosen_falling(&self, values: std::ops::Range<usize>, chosen: &RowSet) -> Vec<u32> {
        let mut rows = vec![0; self.num_rows(&values)];
        let mut num = 0;
        for value in values.rev() {
            for &row in self.rows_of(value) {
                rows[num] = row;
                num += usize::from(chosen.has(row));
            }
        }
        rows.truncate(num);
        rows
    }

    fn num_rows(&self, values: &std::ops::Range<usize>) -> usize {
        match (self.starts.get(values.start), self.starts.get(values.end)) {
            (Some(&start), Some(&end)) => (end - start) as usize,
            _ => values.len(),
        }
    }
}

/// Where each different value begins among rows in the order of their values, and the end; empty where none is twice.
fn starts(cells: Cells<'_>, order: &[u32], progress: &Progress) -> Result<Vec<u32>, Cancelled> {
    let parts: Vec<Vec<u32>> = order
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(number, chunk)| {
            progress.check()?;
            let first = number * CHUNK;
            let is_new = |place: usize| place == 0 || !cells.same(order[place - 1] as usize, order[place] as usize);
            let places = (first..first + chunk.len()).filter(|&place| is_new(place));
            Ok(places.map(|place| place as u32).collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    let num: usize = parts.iter().map(Vec::len).sum();
    if num == order.len() {
        return Ok(Vec::new());
    }
    let mut starts = Vec::with_capacity(num + 1);
    parts.iter().for_each(|part| starts.extend_from_slice(part));
    starts.push(order.len() as u32);
    Ok(starts)
}

/// True if no text of a dictionary has capitals.
fn is_lower(texts: &CodedTexts) -> bool {
    (0..texts.first_row.len() as u32).into_par_iter().all(|code| {
        let text = texts.dictionary.get(code);
        let has_capital = |byte: &u8| byte.is_ascii_uppercase();
        !text.as_bytes().iter().any(has_capital) && (text.is_ascii() || text.to_lowercase() == text)
    })
}
