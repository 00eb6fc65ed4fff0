//! Evaluation: scores and labels → metrics with intervals, curves and slices.
//!
//! In: one model's scores beside the labels of the same rows, as slices (`EvalInput`), read from a table by
//! `columns`. Out: `Evaluation`. `baseline` makes the scores every model must beat.
//!
//! Conventions (also in the artefact, under `conventions`):
//! - AUC counts a tie half; average precision is the step sum over distinct scores; both as scikit-learn.
//! - Log loss, Brier and ECE exist only when every score lies in 0..=1.
//! - A row is predicted positive if score ≥ threshold; the default threshold has the best F1 on the same rows.
//! - Ranking metrics are means over groups with a positive, averaged exactly over the orders of tied rows.
//! - Intervals are BCa bootstrap; whole groups are drawn where there are at least 30.
//!
//! Invariant: an undefined number is `None` with a reason, never 0 or NaN.

mod assess;
pub mod baseline;
mod calibration;
pub mod columns;
mod curves;
mod delong;
mod evaluation;
mod explain;
mod input;
mod interval;
mod list_metrics;
mod logistic;
mod metric;
mod newton;
mod ranking;
mod row_table;
mod segments;
mod sorted;
pub mod suite;
pub mod tasks;
mod threshold;
mod units;
mod validation;

pub use assess::evaluate;
pub use calibration::{Calibration, LOG_LOSS_EPSILON, ReliabilityBin};
pub use curves::{Curves, ScoreHistogram};
pub use delong::DelongInterval;
pub use evaluation::{
    Evaluation, EvaluationReport, IntervalMethod, ModelEvaluation, ModelKind, RowUse, SegmentEvaluation, ThresholdRule,
};
pub use input::{Codes, EvalConfig, EvalError, EvalInput, MISSING_CODE, MapDenominator, ResampleUnit, Segment};
pub use metric::{Metric, RankingKind, RankingMetric, RowMetric};
pub use ranking::GroupSummary;
pub use sorted::auc;
pub use threshold::{Confusion, ThresholdMetrics, ThresholdTable};
pub use validation::validation_metrics;

pub(crate) use assess::{choose_threshold, defined, ranking_replicates_of};
pub(crate) use delong::{Components, contrast_variance, normal_quantile};
pub(crate) use input::{UsableRows, check_length};
pub(crate) use interval::{Plan, Replicates};
pub(crate) use ranking::{RankingTable, grouped_rows};
pub(crate) use row_table::{RowTable, Scratch, row_width};
pub(crate) use segments::{split, value_name};
pub(crate) use sorted::SortedScores;
pub(crate) use units::Units;

#[cfg(test)]
mod reference_tests;
#[cfg(test)]
pub(crate) use reference_tests::ReferenceRows;
