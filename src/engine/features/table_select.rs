//! Scoring the columns of any table against a label column, without building features.

use super::error::FeatureError;
use super::label::{column_index, read_labels};
use super::select::{FeatureKind, Rows, Scores, SelectConfig, Values, score_features};
use crate::engine::artifact::{Bilingual, Role};
use crate::engine::ingest::{Codes, Dataset};
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;
use serde::{Deserialize, Serialize};

/// A text column with more distinct values than this share of its rows is free text or an identifier.
const MAX_DISTINCT_SHARE: f64 = 0.5;

/// The columns of a table by what they say about the label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSelection {
    pub label: String,
    /// Rows with a label.
    pub rows: u64,
    pub positives: u64,
    /// Rows whose label is missing.
    pub without_label: u64,
    /// Which rows the stability index compares.
    pub stability: Bilingual,
    /// Chosen first, then by mRMR rank, then by name.
    pub features: Vec<ColumnScores>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnScores {
    pub name: String,
    pub kind: FeatureKind,
    #[serde(flatten)]
    pub scores: Scores,
}

/// Scores every column but the label. All labelled rows count for chi-square, mutual information, information value
/// and mRMR; the stability index compares the last fifth (by time where there is one, else in file order) with the rest.
pub fn select_columns(
    dataset: &Dataset,
    label: &str,
    positive: &[String],
    config: &SelectConfig,
    progress: &Progress,
) -> Result<TableSelection, FeatureError> {
    let at = column_index(dataset, label)?;
    let (rows, labels, without_label) = labelled(dataset, at, positive)?;
    let positives = labels.iter().filter(|label| **label).count() as u64;
    let mut columns: Vec<(String, Option<Values>)> = Vec::new();
    for (index, info) in dataset.info.columns.iter().enumerate() {
        progress.check()?;
        if index != at {
            columns.push((info.name.clone(), values(dataset, index, &rows)?));
        }
    }
    let scored: Vec<usize> = (0..columns.len())
        .filter(|&column| columns[column].1.is_some())
        .collect();
    let (names, values): (Vec<String>, Vec<Option<Values>>) = columns.into_iter().unzip();
    let values: Vec<Values> = values.into_iter().flatten().collect();
    let all: Vec<u32> = (0..rows.len() as u32).collect();
    let full = Rows {
        train: &all,
        test: &[],
        labels: &labels,
    };
    let mut scores = score_features(&values, &full, config, progress)?;
    let (earlier, later, stability) = stability_rows(dataset, &rows)?;
    let parts = Rows {
        train: &earlier,
        test: &later,
        labels: &labels,
    };
    for (score, moved) in scores
        .iter_mut()
        .zip(score_features(&values, &parts, config, progress)?)
    {
        score.psi = moved.psi;
    }
    let mut scores = scores.into_iter().zip(&values);
    let mut features: Vec<ColumnScores> = Vec::with_capacity(names.len());
    for (column, name) in names.into_iter().enumerate() {
        let found = scored.contains(&column).then(|| scores.next()).flatten();
        let (scores, kind) = found.map_or((Scores::default(), FeatureKind::Text), |(scores, values)| {
            (scores, values.kind())
        });
        features.push(ColumnScores { name, kind, scores });
    }
    features.sort_by(|a, b| {
        let key = |f: &ColumnScores| (!f.scores.selected, f.scores.mrmr_rank.unwrap_or(u32::MAX));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    Ok(TableSelection {
        label: label.to_owned(),
        rows: rows.len() as u64,
        positives,
        without_label,
        stability,
        features,
    })
}

fn labelled(dataset: &Dataset, column: usize, positive: &[String]) -> Result<(Vec<u32>, Vec<bool>, u64), FeatureError> {
    let cells = Cells::of(&dataset.frame.columns()[column])?;
    let (mut rows, mut labels, mut missing) = (Vec::new(), Vec::new(), 0);
    for (row, label) in read_labels(cells, positive).enumerate() {
        match label {
            None => missing += 1,
            Some(Ok(label)) => {
                rows.push(row as u32);
                labels.push(label);
            }
            Some(Err(value)) => {
                return Err(FeatureError::NotALabel {
                    column: dataset.info.columns[column].name.clone(),
                    value,
                    line: dataset.lines.get(row).unwrap_or_default(),
                });
            }
        }
    }
    if rows.is_empty() {
        return Err(FeatureError::NoRows {
            rows: dataset.num_rows(),
            why: "none has a label".to_owned(),
        });
    }
    Ok((rows, labels, missing))
}

/// A column's values in the labelled rows; `None` for free text and identifiers.
fn values(dataset: &Dataset, index: usize, rows: &[u32]) -> Result<Option<Values>, FeatureError> {
    let column = &dataset.frame.columns()[index];
    let cells = Cells::of(column)?;
    Ok(match cells {
        Cells::Text(texts) => {
            let distinct = Codes::of_column(column).num as f64;
            let few = distinct <= (MAX_DISTINCT_SHARE * rows.len() as f64).max(2.0);
            few.then(|| {
                Values::Categorical(
                    rows.iter()
                        .map(|&row| texts.get(row as usize).map(str::to_owned))
                        .collect(),
                )
            })
        }
        Cells::Time(times) => {
            let secs = |&row: &u32| times.get(row as usize).map_or(f64::NAN, |micros| micros as f64 / 1e6);
            Some(Values::Numeric(rows.iter().map(secs).collect()))
        }
        _ => cells.numbers().map(|numbers| {
            Values::Numeric(
                rows.iter()
                    .map(|&row| numbers[row as usize].unwrap_or(f64::NAN))
                    .collect(),
            )
        }),
    })
}

type Parts = (Vec<u32>, Vec<u32>, Bilingual);

fn stability_rows(dataset: &Dataset, rows: &[u32]) -> Result<Parts, FeatureError> {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut words = Bilingual::new(
        "last fifth of the rows in file order against the others",
        "按文件顺序最后五分之一的行与其余行比较",
    );
    if let Some(Cells::Time(times)) = super::events::role_cells(dataset, Role::Time)? {
        order.sort_by_key(|&at| times.get(rows[at as usize] as usize));
        words = Bilingual::new(
            "latest fifth of the rows against the others",
            "时间上最后五分之一的行与其余行比较",
        );
    }
    let later = order.split_off(order.len() - order.len() / 5);
    Ok((order, later, words))
}
