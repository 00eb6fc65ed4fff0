//! Content hash of a table: BLAKE3 over names, types and cells, independent of chunks and memory layout.

use super::cells::{Cells, UnsupportedType};
use crate::engine::artifact::ContentHash;
use polars::prelude::DataFrame;
use rayon::prelude::*;

const BUFFER_BYTES: usize = 1 << 16;

/// Equal exactly when the tables have the same columns, in order, with the same cells.
pub fn content_hash(frame: &DataFrame) -> Result<ContentHash, UnsupportedType> {
    let columns: Vec<[u8; 32]> = frame
        .columns()
        .par_iter()
        .map(|column| Cells::of(column).map(|cells| column_hash(column.name(), cells)))
        .collect::<Result<_, _>>()?;
    let mut all = Vec::with_capacity(columns.len() * 32 + 8);
    all.extend_from_slice(&(frame.height() as u64).to_le_bytes());
    columns.iter().for_each(|hash| all.extend_from_slice(hash));
    Ok(ContentHash::of_bytes(&all))
}

struct Buffered {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

impl Buffered {
    fn add(&mut self, present: bool, bytes: &[u8]) {
        self.buffer.push(u8::from(present));
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn text(&mut self, text: &str) {
        self.add(true, &(text.len() as u64).to_le_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn cell(&mut self, bytes: Option<[u8; 8]>) {
        self.add(bytes.is_some(), &bytes.unwrap_or_default());
    }
}

fn column_hash(name: &str, cells: Cells<'_>) -> [u8; 32] {
    let mut out = Buffered {
        hasher: blake3::Hasher::new(),
        buffer: Vec::with_capacity(BUFFER_BYTES * 2),
    };
    out.text(name);
    out.text(cells.dtype().name());
    match cells {
        Cells::Text(c) => c.iter().for_each(|v| match v {
            Some(text) => out.text(text),
            None => out.add(false, &[]),
        }),
        Cells::Integer(c) | Cells::Time(c) => c.iter().for_each(|v| out.cell(v.map(i64::to_le_bytes))),
        Cells::Float(c) => c.iter().for_each(|v| out.cell(v.map(|v| v.to_bits().to_le_bytes()))),
        Cells::Boolean(c) => c.iter().for_each(|v| out.cell(v.map(|v| u64::from(v).to_le_bytes()))),
    }
    out.hasher.update(&out.buffer);
    *out.hasher.finalize().as_bytes()
}
