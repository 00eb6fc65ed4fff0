//! Categorical input columns: the values that get an embedding of their own, and the one the others share.
//!
//! In: the texts of the training rows. Out: codes. Invariant: the values come from training rows only, so what a model
//! knows of a value does not depend on the rows it is judged by; code 0 is every other value.

use super::tasks::plain_label;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Training rows a value needs for an embedding of its own: one row would teach the row, not the value.
pub const FEWEST_ROWS: usize = 2;
/// Values of one column at most; the rarest beyond share code 0.
pub const MOST_VALUES: usize = 10_000;
const WIDEST_EMBEDDING: usize = 64;

/// A categorical input column and its values; value i has code i + 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryColumn {
    pub name: String,
    /// By frequency in the training rows, then by name. A missing cell is the empty text, a value like the others.
    pub values: Vec<String>,
}

impl CategoryColumn {
    /// The values of each column that occur in at least [`FEWEST_ROWS`] of these rows. Spaces around a value and
    /// the `.0` of a whole number are none of it.
    pub fn fit(names: &[String], columns: &[Vec<String>]) -> Vec<Self> {
        let of = |(name, cells): (&String, &Vec<String>)| {
            let mut counts: HashMap<&str, usize> = HashMap::new();
            cells
                .iter()
                .for_each(|cell| *counts.entry(plain_label(cell)).or_default() += 1);
            let mut known: Vec<(&str, usize)> = counts.into_iter().filter(|(_, rows)| *rows >= FEWEST_ROWS).collect();
            known.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            known.truncate(MOST_VALUES);
            Self {
                name: name.clone(),
                values: known.into_iter().map(|(value, _)| value.to_owned()).collect(),
            }
        };
        names.iter().zip(columns).map(of).collect()
    }

    /// Rows of the embedding: the values and the one that the others share.
    pub fn codes(&self) -> usize {
        self.values.len() + 1
    }

    /// Columns of the embedding: 1.6 · codes^0.56 rounded, at most 64 (the rule of thumb of fastai's tabular models).
    pub fn width(&self) -> usize {
        let wide = 1.6 * (self.codes() as f64).powf(0.56);
        (wide.round() as usize).clamp(2, WIDEST_EMBEDDING)
    }
}

/// Codes of all columns, row-major, one a column.
pub fn encode(known: &[CategoryColumn], columns: &[Vec<String>]) -> Vec<u32> {
    let places: Vec<HashMap<&str, u32>> = known
        .iter()
        .map(|column| column.values.iter().map(String::as_str).zip(1..).collect())
        .collect();
    let rows = columns.first().map_or(0, Vec::len);
    (0..rows)
        .flat_map(|row| {
            let code = move |(places, cells): (&HashMap<&str, u32>, &Vec<String>)| {
                places.get(plain_label(&cells[row])).copied().unwrap_or(0)
            };
            places.iter().zip(columns).map(code)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn rare_and_new_values_share_a_code() {
        let names = texts(&["brand", "colour"]);
        let train = [
            texts(&["b", "a ", "b", "c", "a", "b"]),
            texts(&["", "red", "", "red", "", "x"]),
        ];
        let known = CategoryColumn::fit(&names, &train);
        assert_eq!(
            (known[0].name.as_str(), &known[0].values),
            ("brand", &texts(&["b", "a"]))
        );
        assert_eq!(known[1].values, ["", "red"]);
        assert_eq!((known[0].codes(), known[0].width()), (3, 3));
        let later = [texts(&["a", "zz", " b"]), texts(&["red", "", "x"])];
        assert_eq!(encode(&known, &later), [2, 2, 0, 1, 1, 0]);
        assert_eq!(encode(&[], &[]), Vec::<u32>::new());
        let many: Vec<String> = (0..400).map(|value| (value % 200).to_string()).collect();
        // 1.6 · 201^0.56 = 31.18
        assert_eq!(CategoryColumn::fit(&texts(&["many"]), &[many])[0].width(), 31);
    }
}
