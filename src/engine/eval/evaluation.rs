//! The artefact: what a model scored on a test set, with intervals, curves, slices and the conventions used.
//!
//! Invariant: an undefined number is `None` and its reason stands in `undefined` under the metric's name.

use super::calibration::Calibration;
use super::curves::Curves;
use super::delong::DelongInterval;
use super::input::EvalConfig;
use super::metric::{Metric, RowMetric};
use super::ranking::GroupSummary;
use super::tasks::TaskModel;
use super::threshold::{Confusion, ThresholdMetrics, ThresholdTable};
use crate::engine::artifact::{Bilingual, Provenance};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the threshold was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdRule {
    Given,
    /// The best F1 on the same rows; metrics at it are a little optimistic.
    BestF1,
    /// There is no positive, so no threshold was chosen.
    None,
}

/// Rows given and rows used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowUse {
    pub total: u64,
    pub used: u64,
    pub missing_label: u64,
    pub missing_score: u64,
}

/// How the intervals were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalMethod {
    /// 1 − alpha
    pub level: f64,
    pub resamples: u64,
    /// `row` or `group`: what was drawn for the row metrics. Ranking metrics always draw groups.
    pub unit: String,
    pub num_units: u64,
    pub seed: u64,
}

/// One value of a segment column, judged on its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentEvaluation {
    pub column: String,
    /// Empty for rows in which the column is missing.
    pub value: String,
    pub n: u64,
    pub positives: u64,
    pub positive_rate: f64,
    pub mean_score: f64,
    pub auc: Option<f64>,
    /// DeLong interval of the AUC.
    pub auc_interval: Option<[f64; 2]>,
    pub average_precision: Option<f64>,
    pub log_loss: Option<f64>,
    pub brier: Option<f64>,
    pub ece: Option<f64>,
    /// At the threshold of the whole evaluation, like the three below.
    pub accuracy: Option<f64>,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
}

/// The capability assessment of one model on one test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Rows with a label and a score.
    pub n: u64,
    pub positives: u64,
    pub rows: RowUse,
    pub auc: Option<f64>,
    pub average_precision: Option<f64>,
    pub log_loss: Option<f64>,
    pub brier: Option<f64>,
    pub ece: Option<f64>,
    pub accuracy: Option<f64>,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    pub threshold: Option<f64>,
    pub mcc: Option<f64>,
    pub threshold_rule: ThresholdRule,
    pub confusion: Option<Confusion>,
    /// The threshold metrics at 0.5, when scores are probabilities.
    pub at_half: Option<ThresholdMetrics>,
    /// By name, e.g. `ndcg@10`; empty without groups.
    pub ranking: BTreeMap<String, Option<f64>>,
    pub groups: Option<GroupSummary>,
    /// By metric name: [lower, upper].
    pub intervals: BTreeMap<String, Option<[f64; 2]>>,
    pub interval_method: Option<IntervalMethod>,
    pub auc_delong: Option<DelongInterval>,
    pub calibration: Option<Calibration>,
    /// In the order of the columns, then by rows descending, then by name.
    pub segments: Vec<SegmentEvaluation>,
    pub curves: Curves,
    /// For the threshold slider; each entry is exact.
    pub thresholds: ThresholdTable,
    /// Why a metric or an interval (`interval of auc`) is undefined.
    pub undefined: BTreeMap<String, Bilingual>,
    pub warnings: Vec<Bilingual>,
    /// What each name means here.
    pub conventions: BTreeMap<String, Bilingual>,
    pub config: EvalConfig,
}

impl Evaluation {
    /// The value of any metric this evaluation holds.
    pub fn value(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Row(RowMetric::Auc) => self.auc,
            Metric::Row(RowMetric::AveragePrecision) => self.average_precision,
            Metric::Row(RowMetric::LogLoss) => self.log_loss,
            Metric::Row(RowMetric::Brier) => self.brier,
            Metric::Row(RowMetric::Ece) => self.ece,
            Metric::Row(RowMetric::Accuracy) => self.accuracy,
            Metric::Row(RowMetric::Precision) => self.precision,
            Metric::Row(RowMetric::Recall) => self.recall,
            Metric::Row(RowMetric::F1) => self.f1,
            Metric::Row(RowMetric::Mcc) => self.mcc,
            Metric::Ranking(_) => self.ranking.get(&metric.name()).copied().flatten(),
        }
    }

    pub fn interval(&self, metric: Metric) -> Option<[f64; 2]> {
        self.intervals.get(&metric.name()).copied().flatten()
    }

    /// Share of positives among the used rows.
    pub fn positive_rate(&self) -> f64 {
        self.positives as f64 / self.n.max(1) as f64
    }
}

/// What kind of scorer was evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// A fine-tuned or imported model.
    Model,
    /// Baseline: the item's smoothed positive rate in the training rows.
    Popularity,
    /// Baseline: logistic regression on the numeric features.
    Logistic,
}

/// One model's evaluation with what made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelEvaluation {
    pub model_name: String,
    pub kind: ModelKind,
    /// How its scores came about, in one sentence.
    pub description: Bilingual,
    pub evaluation: Evaluation,
    pub provenance: Provenance,
}

/// All evaluations on one test set: the model and the baselines beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvaluationReport {
    /// e.g. `test.parquet`
    pub data_name: String,
    /// Fine-tuned models first, then baselines.
    pub models: Vec<ModelEvaluation>,
    /// The same where the label is no 0 or 1; then `models` is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_task: Vec<TaskModel>,
    pub elapsed_ms: u64,
}
