//! Labelled rows in memory, the hold-out, and the standardisation of numeric columns.
//!
//! Invariant: all columns of `Rows` have the same number of rows; a missing number is NaN here and nowhere later.

use super::TrainError;
use crate::engine::random::Draws;
use serde::{Deserialize, Serialize};

const STREAM_HOLD_OUT: u64 = 0x686f_6c64;

/// Share of the training rows held out when neither a validation file nor a share is given.
pub const DEFAULT_VALID_RATIO: f64 = 0.1;

/// The group of a row without one.
pub const NO_GROUP: u32 = u32::MAX;

/// Texts, numbers and labels of many rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub texts: Vec<String>,
    pub pairs: Option<Vec<String>>,
    /// Row-major, `numeric_columns` a row; NaN where the cell is missing.
    #[serde(with = "as_bits")]
    pub numeric: Vec<f32>,
    pub numeric_columns: usize,
    /// Texts of each categorical column, a column after the other; empty where the cell is missing.
    pub categories: Vec<Vec<String>>,
    /// As the task reads them: 0 or 1, the place of the class, the grade; empty for rows that are only scored.
    #[serde(with = "as_bits")]
    pub labels: Vec<f32>,
    /// Number of the ranked list each row belongs to; [`NO_GROUP`] for none; empty where rows form none.
    pub groups: Vec<u32>,
    /// Line (or row number) in the file each row came from.
    pub lines: Vec<u32>,
}

/// Numbers as the bits of their `f32`, since JSON has no NaN.
pub(crate) mod as_bits {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(values: &[f32], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|value| value.to_bits()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
        let bits = Vec::<u32>::deserialize(from)?;
        Ok(bits.into_iter().map(f32::from_bits).collect())
    }
}

impl Rows {
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The rows at these indices, in this order.
    pub fn take(&self, indices: &[usize]) -> Self {
        let strings = |from: &[String]| indices.iter().map(|&i| from[i].clone()).collect::<Vec<_>>();
        let width = self.numeric_columns;
        Self {
            texts: strings(&self.texts),
            pairs: self.pairs.as_deref().map(strings),
            numeric: indices
                .iter()
                .flat_map(|&i| self.numeric[i * width..(i + 1) * width].iter().copied())
                .collect(),
            numeric_columns: width,
            categories: self.categories.iter().map(|column| strings(column)).collect(),
            labels: taken(&self.labels, indices),
            groups: taken(&self.groups, indices),
            lines: taken(&self.lines, indices),
        }
    }

    /// Splits off a random share (exactly `round(len · ratio)` rows, at least 1) by `seed`: (kept, held out).
    pub fn hold_out(&self, ratio: f64, seed: u64) -> Result<(Self, Self), TrainError> {
        let ratio = if ratio == 0.0 { DEFAULT_VALID_RATIO } else { ratio };
        if !(0.0..1.0).contains(&ratio) {
            return Err(TrainError::config(
                "valid_ratio",
                format!("is {ratio}, expected 0 < ratio < 1"),
            ));
        }
        let count = ((self.len() as f64 * ratio).round() as usize).max(1);
        if count >= self.len() {
            return Err(TrainError::TooFewRows {
                what: format!(
                    "{} rows are too few to hold out {count} of them for validation",
                    self.len()
                ),
            });
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        Draws::new(seed, &[STREAM_HOLD_OUT]).shuffle(&mut order);
        self.hold_out_in(&order, count)
    }

    /// As `hold_out`, but no class (label) is held out altogether: where that would be, its row that comes last in the
    /// draw changes places with the next row of a class that has others to learn from.
    pub fn hold_out_of_classes(&self, ratio: f64, seed: u64) -> Result<(Self, Self), TrainError> {
        let (kept, held) = self.hold_out(ratio, seed)?;
        let class = |label: f32| label as usize;
        let most = self.labels.iter().map(|&label| class(label) + 1).max().unwrap_or(0);
        let mut learnt = vec![0usize; most];
        kept.labels.iter().for_each(|&label| learnt[class(label)] += 1);
        let mut order: Vec<usize> = (0..self.len()).collect();
        Draws::new(seed, &[STREAM_HOLD_OUT]).shuffle(&mut order);
        for at in (0..held.len()).rev() {
            let missing = class(self.labels[order[at]]);
            if learnt[missing] > 0 {
                continue;
            }
            let spare = (held.len()..order.len()).find(|&other| learnt[class(self.labels[order[other]])] > 1);
            if let Some(other) = spare {
                learnt[class(self.labels[order[other]])] -= 1;
                learnt[missing] += 1;
                order.swap(at, other);
            }
        }
        self.hold_out_in(&order, held.len())
    }

    /// As `hold_out`, but whole ranked lists: as many as hold that share of the rows, or one more.
    pub fn hold_out_of_lists(&self, ratio: f64, seed: u64) -> Result<(Self, Self), TrainError> {
        let (_, held) = self.hold_out(ratio, seed)?;
        let lists = self.groups.iter().max().map_or(0, |&last| last as usize + 1);
        let mut order: Vec<usize> = (0..lists).collect();
        Draws::new(seed, &[STREAM_HOLD_OUT]).shuffle(&mut order);
        let mut place = vec![0usize; lists];
        order.iter().enumerate().for_each(|(at, &list)| place[list] = at);
        let mut rows: Vec<usize> = (0..self.len()).collect();
        rows.sort_by_key(|&row| place[self.groups[row] as usize]);
        let ends = (held.len()..rows.len()).find(|&at| self.groups[rows[at]] != self.groups[rows[at - 1]]);
        match ends {
            Some(count) => self.hold_out_in(&rows, count),
            None => Err(TrainError::TooFewRows {
                what: format!("{lists} ranked lists are too few to hold some of them out for validation"),
            }),
        }
    }

    /// (kept, held out): the first `count` rows of an order are held out.
    fn hold_out_in(&self, order: &[usize], count: usize) -> Result<(Self, Self), TrainError> {
        let (held, kept) = order.split_at(count);
        let sorted = |indices: &[usize]| {
            let mut indices = indices.to_vec();
            indices.sort_unstable();
            indices
        };
        Ok((self.take(&sorted(kept)), self.take(&sorted(held))))
    }
}

/// The values at these indices; none where there are none at all.
fn taken<T: Copy>(values: &[T], indices: &[usize]) -> Vec<T> {
    if values.is_empty() {
        return Vec::new();
    }
    indices.iter().map(|&i| values[i]).collect()
}

/// A numeric input column and the training rows' mean and standard deviation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumericColumn {
    pub name: String,
    pub mean: f64,
    /// Population standard deviation; 1 for a constant column.
    pub sd: f64,
}

impl NumericColumn {
    /// Mean and deviation of each column over the rows that have a number there.
    pub fn fit(names: &[String], rows: &Rows) -> Vec<Self> {
        let width = rows.numeric_columns;
        names
            .iter()
            .enumerate()
            .map(|(column, name)| {
                let values = || {
                    let cells = rows.numeric.iter().skip(column).step_by(width.max(1));
                    cells.map(|&v| f64::from(v)).filter(|v| v.is_finite())
                };
                let count = values().count().max(1) as f64;
                let mean = values().sum::<f64>() / count;
                let variance = values().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
                let sd = variance.sqrt();
                Self {
                    name: name.clone(),
                    mean,
                    // A spread below what f32 can tell apart from rounding is no spread.
                    sd: if sd > 1e-7 * mean.abs() && sd > 0.0 { sd } else { 1.0 },
                }
            })
            .collect()
    }
}

/// Standardised inputs, row-major, two a column: (x − mean) / sd clamped to ±10 (0 if missing), and 1 if missing.
pub fn standardise(columns: &[NumericColumn], numeric: &[f32]) -> Vec<f32> {
    let mut inputs = Vec::with_capacity(numeric.len() * 2);
    for row in numeric.chunks_exact(columns.len().max(1)) {
        for (&value, column) in row.iter().zip(columns) {
            if value.is_finite() {
                let z = (f64::from(value) - column.mean) / column.sd;
                inputs.extend([z.clamp(-10.0, 10.0) as f32, 0.0]);
            } else {
                inputs.extend([0.0, 1.0]);
            }
        }
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Rows {
        Rows {
            texts: (0..count).map(|i| format!("t{i}")).collect(),
            pairs: None,
            numeric: (0..count).flat_map(|i| [i as f32, 5.0]).collect(),
            numeric_columns: 2,
            categories: vec![(0..count).map(|i| format!("c{i}")).collect()],
            labels: (0..count).map(|i| (i % 2) as f32).collect(),
            groups: Vec::new(),
            lines: (0..count).map(|i| i as u32 + 2).collect(),
        }
    }

    #[test]
    fn the_hold_out_is_exact_disjoint_and_repeatable() {
        let all = rows(1003);
        let (kept, held) = all.hold_out(0.1, 5).expect("split");
        assert_eq!((kept.len(), held.len()), (903, 100));
        let mut lines: Vec<u32> = kept.lines.iter().chain(&held.lines).copied().collect();
        lines.sort_unstable();
        assert_eq!(lines, all.lines);
        assert_eq!(held.numeric[0], f64::from(held.lines[0] - 2) as f32);
        assert_eq!(all.hold_out(0.1, 5).expect("split").1, held);
        assert_ne!(all.hold_out(0.1, 6).expect("split").1, held);
        assert_eq!(all.hold_out(0.0, 5).expect("default").1.len(), 100);
        assert!(all.hold_out(1.0, 5).is_err() && rows(1).hold_out(0.5, 5).is_err());
    }

    #[test]
    fn no_class_is_held_out_altogether() {
        let mut all = rows(200);
        // Ten classes of two rows each among many of the first.
        all.labels = (0..200u16)
            .map(|i| if i < 20 { 1.0 + f32::from(i / 2) } else { 0.0 })
            .collect();
        for seed in 0..50 {
            let (kept, held) = all.hold_out_of_classes(0.4, seed).expect("split");
            assert_eq!((kept.len(), held.len()), (120, 80));
            for class in 0..=10u8 {
                assert!(kept.labels.contains(&f32::from(class)), "seed {seed}, class {class}");
            }
            let mut lines: Vec<u32> = kept.lines.iter().chain(&held.lines).copied().collect();
            lines.sort_unstable();
            assert_eq!(lines, all.lines);
            assert_eq!(kept.categories[0][0], format!("c{}", kept.lines[0] - 2));
        }
        let two = rows(100);
        assert_eq!(
            two.hold_out_of_classes(0.1, 3).expect("split"),
            two.hold_out(0.1, 3).expect("split")
        );
    }

    #[test]
    fn ranked_lists_are_held_out_whole() {
        let mut all = rows(200);
        all.groups = (0..200).map(|row| row / 8).collect();
        let (kept, held) = all.hold_out_of_lists(0.1, 5).expect("split");
        assert_eq!(
            (kept.len(), held.len()),
            (176, 24),
            "20 rows are asked for, lists have 8"
        );
        assert!(held.groups.iter().all(|list| !kept.groups.contains(list)));
        assert_eq!(all.hold_out_of_lists(0.1, 5).expect("again").1, held);
        all.groups = vec![0; 200];
        assert!(all.hold_out_of_lists(0.1, 5).is_err());
    }

    #[test]
    fn columns_are_standardised_and_missing_cells_marked() {
        let mut sample = rows(4);
        sample.numeric[2] = f32::NAN; // row 1, column 0: 0, ?, 2, 3
        let names = ["a".to_owned(), "b".to_owned()];
        let fitted = NumericColumn::fit(&names, &sample);
        assert!((fitted[0].mean - 5.0 / 3.0).abs() < 1e-12);
        assert!((fitted[0].sd - (14.0f64 / 9.0).sqrt()).abs() < 1e-12);
        assert_eq!((fitted[1].mean, fitted[1].sd), (5.0, 1.0));
        let inputs = standardise(&fitted, &sample.numeric);
        assert_eq!(inputs.len(), 16);
        assert_eq!(inputs[4..8], [0.0, 1.0, 0.0, 0.0]);
        assert!((inputs[0] + 1.336_306).abs() < 1e-5);
    }
}
