//! Rows ready for the encoder: tokens of all rows end to end, grouped by equal length. No padding anywhere.
//!
//! Everything but attention works on single tokens, so a batch is one flat list of tokens; attention works on a
//! group of rows of equal length at a time, so it needs no mask. Invariant: `groups` partition the flat tokens
//! and the rows in order.

use crate::engine::artifact::ContentHash;
use crate::engine::run::config::TrainConfig;
use crate::engine::text::TokenTable;
use crate::engine::train::batches::BatchPlan;
use tch::{Device, TchError, Tensor};

/// Tokens, standardised numbers and labels of all rows of one part (training, validation, test).
#[derive(Debug, Default)]
pub struct Prepared {
    pub tokens: TokenTable,
    /// Row-major, `width` a row.
    pub numeric: Vec<f32>,
    pub width: usize,
    /// Codes of the categorical columns, row-major, `category_columns` a row.
    pub categories: Vec<u32>,
    pub category_columns: usize,
    /// As the task reads them; empty for rows that are only scored.
    pub labels: Vec<f32>,
    /// Number of the ranked list of each row; may be empty.
    pub groups: Vec<u32>,
    /// Line of each row in its file; may be empty.
    pub lines: Vec<u32>,
}

/// Rows of equal length standing together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// First token in the flat list.
    pub start: i64,
    pub rows: i64,
    /// Tokens a row.
    pub length: i64,
}

/// One batch on the device.
#[derive(Debug)]
pub struct Batch {
    /// Token ids, positions and segment kinds: [tokens], int64.
    pub ids: Tensor,
    pub positions: Tensor,
    pub kinds: Tensor,
    /// Index of each row's first token: [rows], int64.
    pub first: Tensor,
    pub groups: Vec<Group>,
    /// Each row's first token, and the end of the last.
    pub starts: Vec<i64>,
    /// [rows, width], float
    pub numeric: Option<Tensor>,
    /// A column's codes [rows], int64
    pub categories: Vec<Tensor>,
    /// [rows], float
    pub labels: Option<Tensor>,
    pub tokens: usize,
}

impl Prepared {
    pub fn num_rows(&self) -> usize {
        self.tokens.num_rows()
    }

    /// Length of each row in tokens.
    pub fn lengths(&self) -> Vec<u32> {
        (0..self.num_rows())
            .map(|row| u32::try_from(self.tokens.len(row)).unwrap_or(u32::MAX))
            .collect()
    }

    /// Which rows form which step of a run with these settings.
    pub fn plan(&self, config: &TrainConfig) -> BatchPlan {
        let plan = BatchPlan::new(self.lengths(), config.batch_size, config.seed);
        match config.negatives_per_positive {
            Some(per_positive) => plan.with_negatives(&self.labels, per_positive),
            None => plan,
        }
    }

    /// Hash of everything the model sees of these rows.
    pub fn hash(&self) -> ContentHash {
        let mut hasher = blake3::Hasher::new();
        // Whole rows at a time: the hash works on blocks.
        let mut bytes = Vec::new();
        for row in 0..self.num_rows() {
            let ids = self.tokens.ids(row);
            bytes.clear();
            bytes.extend((ids.len() as u64).to_le_bytes());
            bytes.extend((self.tokens.second_start(row) as u64).to_le_bytes());
            bytes.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
            hasher.update(&bytes);
        }
        for values in self.numeric.chunks(1 << 14) {
            bytes.clear();
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            hasher.update(&bytes);
        }
        for code in &self.categories {
            hasher.update(&code.to_le_bytes());
        }
        // Zeros and ones as ever, a byte each.
        let are_binary = self.labels.iter().all(|label| *label == 0.0 || *label == 1.0);
        for label in &self.labels {
            match are_binary {
                true => hasher.update(&[*label as u8]),
                false => hasher.update(&label.to_le_bytes()),
            };
        }
        ContentHash(hasher.finalize().to_hex().to_string())
    }

    /// Puts these rows, ordered by length, on the device.
    pub fn batch(&self, rows: &[u32], device: Device) -> Result<Batch, TchError> {
        let (mut ids, mut positions, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        let mut first = Vec::with_capacity(rows.len());
        let mut groups: Vec<Group> = Vec::new();
        for &row in rows {
            let row = row as usize;
            let (start, length) = (ids.len() as i64, self.tokens.len(row) as i64);
            match groups.last_mut() {
                Some(group) if group.length == length => group.rows += 1,
                _ => groups.push(Group { start, rows: 1, length }),
            }
            first.push(start);
            ids.extend(self.tokens.ids(row).iter().map(|&id| i64::from(id)));
            positions.extend(0..length);
            let second = self.tokens.second_start(row) as i64;
            kinds.extend((0..length).map(|place| i64::from(place >= second)));
        }
        let tokens = ids.len();
        let numeric: Vec<f32> = rows
            .iter()
            .flat_map(|&row| &self.numeric[row as usize * self.width..(row as usize + 1) * self.width])
            .copied()
            .collect();
        let numbers = (self.width > 0).then(|| {
            Tensor::f_from_slice(&numeric)?
                .f_reshape([rows.len() as i64, self.width as i64])?
                .f_to_device(device)
        });
        let labels = (!self.labels.is_empty()).then(|| {
            let labels: Vec<f32> = rows.iter().map(|&row| self.labels[row as usize]).collect();
            Tensor::f_from_slice(&labels)?.f_to_device(device)
        });
        let codes = |column: usize| {
            let code = |&row: &u32| i64::from(self.categories[row as usize * self.category_columns + column]);
            let codes: Vec<i64> = rows.iter().map(code).collect();
            Tensor::f_from_slice(&codes)?.f_to_device(device)
        };
        Ok(Batch {
            ids: Tensor::f_from_slice(&ids)?.f_to_device(device)?,
            positions: Tensor::f_from_slice(&positions)?.f_to_device(device)?,
            kinds: Tensor::f_from_slice(&kinds)?.f_to_device(device)?,
            first: Tensor::f_from_slice(&first)?.f_to_device(device)?,
            starts: first.into_iter().chain([tokens as i64]).collect(),
            groups,
            numeric: numbers.transpose()?,
            categories: (0..self.category_columns).map(codes).collect::<Result<_, _>>()?,
            labels: labels.transpose()?,
            tokens,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_its_rows_end_to_end_without_padding() {
        let rows = [vec![2, 9, 3], vec![2, 8, 3], vec![2, 7, 7, 7, 3]];
        let prepared = Prepared {
            tokens: TokenTable::from_rows(&rows),
            numeric: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            width: 2,
            categories: vec![4, 5, 6],
            category_columns: 1,
            labels: vec![1.0, 0.0, 1.0],
            groups: Vec::new(),
            lines: vec![2, 3, 4],
        };
        let batch = prepared.batch(&[1, 0, 2], Device::Cpu).expect("batch");
        let ints = |t: &Tensor| Vec::<i64>::try_from(t).expect("ints");
        assert_eq!(ints(&batch.ids), [2, 8, 3, 2, 9, 3, 2, 7, 7, 7, 3]);
        assert_eq!(ints(&batch.positions), [0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 4]);
        assert_eq!(ints(&batch.first), [0, 3, 6]);
        assert_eq!(ints(&batch.kinds), [0; 11]);
        let floats = |t: &Tensor| Vec::<f32>::try_from(t).expect("floats");
        assert_eq!(floats(batch.labels.as_ref().expect("labels")), [0.0, 1.0, 1.0]);
        assert_eq!(ints(&batch.categories[0]), [5, 4, 6]);
        let groups = [(0, 2, 3), (6, 1, 5)].map(|(start, rows, length)| Group { start, rows, length });
        assert_eq!(batch.groups, groups);
        let numeric = Vec::<f32>::try_from(batch.numeric.expect("numbers").view(-1)).expect("floats");
        assert_eq!(numeric, [3.0, 4.0, 1.0, 2.0, 5.0, 6.0]);
        assert_ne!(
            prepared.hash(),
            Prepared {
                labels: vec![1.0, 1.0, 1.0],
                tokens: prepared.tokens.clone(),
                numeric: prepared.numeric.clone(),
                categories: prepared.categories.clone(),
                groups: vec![],
                lines: vec![],
                ..prepared
            }
            .hash()
        );
    }
}
