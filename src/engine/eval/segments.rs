//! Slices: the evaluation of each value of a segment column, at the threshold of the whole.
//!
//! Invariant: the rows of a column's segments add up to the usable rows.

use super::assess::defined;
use super::delong::{Components, delong_interval};
use super::evaluation::SegmentEvaluation;
use super::input::{EvalConfig, EvalInput, MISSING_CODE, Segment, UsableRows};
use super::metric::RowMetric;
use super::row_table::RowTable;
use super::sorted::SortedScores;
use rayon::prelude::*;

/// Values of a column, each with its usable rows (positions in `UsableRows`).
pub(crate) struct SegmentRows {
    /// `None` = the column is missing in these rows.
    pub code: Option<u32>,
    pub positions: Vec<u32>,
}

/// Splits the usable rows by a column's values: most rows first, then by code.
pub(crate) fn split(segment: &Segment<'_>, usable: &UsableRows) -> Vec<SegmentRows> {
    let num_codes = segment.values.names.len();
    let mut by_code: Vec<Vec<u32>> = vec![Vec::new(); num_codes + 1];
    for (position, &row) in usable.rows.iter().enumerate() {
        let code = segment.values.codes[row as usize];
        by_code[(code as usize).min(num_codes)].push(position as u32);
    }
    let mut found: Vec<SegmentRows> = by_code
        .into_iter()
        .enumerate()
        .filter(|(_, positions)| !positions.is_empty())
        .map(|(code, positions)| SegmentRows {
            code: (code < num_codes).then_some(code as u32),
            positions,
        })
        .collect();
    found.sort_by_key(|rows| {
        let name = rows.code.map(|code| segment.values.name(code));
        (std::cmp::Reverse(rows.positions.len()), name)
    });
    found
}

/// The name of a segment's value; empty where it is missing.
pub(crate) fn value_name(segment: &Segment<'_>, code: Option<u32>) -> String {
    segment.values.name(code.unwrap_or(MISSING_CODE)).to_owned()
}

pub(crate) fn evaluate_segments(
    input: &EvalInput<'_>,
    usable: &UsableRows,
    scores: &[f64],
    threshold: Option<f64>,
    config: &EvalConfig,
) -> Vec<SegmentEvaluation> {
    let evaluate_one = |segment: &Segment<'_>, rows: &SegmentRows| {
        let labels: Vec<bool> = rows.positions.iter().map(|&at| usable.labels[at as usize]).collect();
        let scores: Vec<f64> = rows.positions.iter().map(|&at| scores[at as usize]).collect();
        let sorted = SortedScores::new(&labels, &scores);
        let interval = Components::of(&sorted).and_then(|found| delong_interval(&labels, &found, None, config.alpha));
        let n = labels.len();
        let table = RowTable::new(sorted, threshold, config.ece_bins);
        let values = table.point();
        let value = |metric: RowMetric| defined(values[metric as usize]);
        SegmentEvaluation {
            column: segment.column.to_owned(),
            value: value_name(segment, rows.code),
            n: n as u64,
            positives: table.sorted.positives,
            positive_rate: table.sorted.positives as f64 / n as f64,
            mean_score: scores.iter().sum::<f64>() / n as f64,
            auc: value(RowMetric::Auc),
            auc_interval: interval.map(|interval| interval.interval),
            average_precision: value(RowMetric::AveragePrecision),
            log_loss: value(RowMetric::LogLoss),
            brier: value(RowMetric::Brier),
            ece: value(RowMetric::Ece),
            accuracy: value(RowMetric::Accuracy),
            precision: value(RowMetric::Precision),
            recall: value(RowMetric::Recall),
            f1: value(RowMetric::F1),
        }
    };
    input
        .segments
        .iter()
        .flat_map(|segment| {
            let parts = split(segment, usable);
            parts
                .par_iter()
                .map(|rows| evaluate_one(segment, rows))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::eval::input::Codes;

    #[test]
    fn segments_add_up_and_missing_is_one_of_them() {
        let labels = [1.0, 0.0, 1.0, 0.0, 1.0, f64::NAN];
        let scores = [0.9, 0.2, 0.4, 0.6, 0.7, 0.5];
        let names = ["web".to_owned(), "app".to_owned()];
        let codes = [0, 0, 1, 1, MISSING_CODE, 0];
        let input = EvalInput {
            labels: &labels,
            scores: &scores,
            groups: None,
            segments: vec![Segment {
                column: "device",
                values: Codes {
                    codes: &codes,
                    names: &names,
                },
            }],
        };
        let usable = UsableRows::of(&labels, &[&scores]).expect("rows");
        let scores = usable.take(input.scores);
        let found = evaluate_segments(&input, &usable, &scores, Some(0.5), &EvalConfig::default());
        let shown: Vec<(&str, u64, Option<f64>)> = found.iter().map(|s| (s.value.as_str(), s.n, s.auc)).collect();
        assert_eq!(shown, [("app", 2, Some(0.0)), ("web", 2, Some(1.0)), ("", 1, None)]);
        assert_eq!(found[1].accuracy, Some(1.0));
        assert_eq!(found.iter().map(|s| s.n).sum::<u64>(), 5);
    }
}
