//! The artefact: what an experiment's log says, metric by metric, and what follows from it.
//!
//! Invariant: what is not defined is `None` with a reason; no p-value stands without effect and interval;
//! `delta = estimate of the treatment − estimate of the control`.

use super::config::{ExperimentConfig, MetricKind, MetricRole};
use crate::engine::artifact::{Bilingual, ContentHash};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentReport {
    pub name: String,
    /// Hash of the log it was read from.
    pub input: ContentHash,
    pub config: ExperimentConfig,
    pub rows: ExperimentRows,
    /// Units that count, in all variants.
    pub units: u64,
    /// Control first, the others by name.
    pub variants: Vec<Variant>,
    /// First and last day as text, where the log has times.
    pub days: Option<DayRange>,
    pub srm: SampleRatio,
    pub metrics: Vec<MetricResult>,
    /// The first goal metric in the parts of the segment columns.
    pub segments: Vec<SegmentColumn>,
    pub checks: Vec<Check>,
    pub verdict: Verdict,
}

/// Every row accounted for: `total = used + without_unit + without_variant + of_mixed_units`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExperimentRows {
    pub total: u64,
    pub used: u64,
    pub without_unit: u64,
    pub without_variant: u64,
    /// Rows of units that carry several variants; left out.
    pub of_mixed_units: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    pub units: u64,
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRange {
    pub first: String,
    pub last: String,
    /// Days from first to last, both counted.
    pub days: u64,
    /// Days between them without any row.
    pub missing: Vec<String>,
}

/// Sample-ratio check: do the variants have the planned shares?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleRatio {
    /// Expected and observed units in the order of `variants`.
    pub expected: Vec<f64>,
    pub observed: Vec<u64>,
    pub chi2: Option<f64>,
    pub df: u64,
    pub p_value: Option<f64>,
    /// `chi_square`, or `exact_binomial` for two variants and under 1000 units.
    pub test: String,
    pub status: CheckStatus,
    /// The parts of the segment columns that are most uneven, worst first; p-values times their number.
    pub by_segment: Vec<SegmentRatio>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentRatio {
    pub column: String,
    pub value: String,
    pub observed: Vec<u64>,
    pub p_value: f64,
    pub p_adjusted: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricResult {
    pub name: String,
    pub kind: MetricKind,
    pub role: MetricRole,
    pub lower_is_better: bool,
    /// How the metric is computed, in one sentence.
    pub definition: Bilingual,
    pub control: ArmResult,
    pub treatments: Vec<TreatmentResult>,
}

/// One arm of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmResult {
    pub name: String,
    /// Units with a value.
    pub n: u64,
    /// Units without any value of this metric; left out.
    pub missing: u64,
    pub estimate: Option<f64>,
    /// Standard deviation of a unit's contribution (for ratios of the linearised value).
    pub standard_deviation: Option<f64>,
    /// Not `standard_error`: that is the difference's, and both are flattened into one JSON object.
    pub estimate_standard_error: Option<f64>,
}

/// A treatment against the control; the flattened `Inference` is that of the chosen method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreatmentResult {
    #[serde(flatten)]
    pub arm: ArmResult,
    #[serde(flatten)]
    pub inference: Inference,
    /// Holm over the goal metrics and treatments (goals), or over the others of the same role.
    pub p_adjusted: Option<f64>,
    /// Posterior probability that the treatment is better, flat prior.
    pub probability_to_beat: Option<f64>,
    /// Expected loss if the treatment is shipped, in units of the metric, flat prior.
    pub expected_loss: Option<f64>,
    /// Effect this test had an 80 % chance to show at its size.
    pub detectable: Option<f64>,
    pub detectable_relative: Option<f64>,
    /// The other methods on the same rows, for comparison.
    pub alternatives: Vec<Inference>,
    pub cuped: Option<Cuped>,
    /// The first goal's effect by day as data came in; empty without a time column.
    pub cumulative: Vec<CumulativePoint>,
    /// The effect of each day taken alone.
    pub daily: Vec<DailyPoint>,
    /// p of a straight trend of the daily effect.
    pub trend_p_value: Option<f64>,
    pub outliers: Option<Outliers>,
    /// Better or worse after adjustment (guardrails: before it, so that no harm is adjusted away).
    pub reading: Reading,
    /// Why there is no estimate, interval or p-value.
    pub undefined: Option<Bilingual>,
}

/// What a treatment does to a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    Better,
    Worse,
    #[default]
    NotTold,
}

/// One way to estimate the difference.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inference {
    pub method: InferenceMethod,
    pub delta: Option<f64>,
    pub standard_error: Option<f64>,
    pub interval: Option<[f64; 2]>,
    /// delta / |estimate of the control|
    pub relative: Option<f64>,
    /// `None` where the control's estimate is not clearly apart from 0.
    pub relative_interval: Option<[f64; 2]>,
    pub statistic: Option<f64>,
    pub degrees_of_freedom: Option<f64>,
    pub p_value: Option<f64>,
}

/// How interval and p-value were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InferenceMethod {
    /// Pooled z test; interval of Newcombe 1998 (method 10, Wilson without continuity correction); relative
    /// interval on the log scale (Katz).
    TwoProportionZ,
    /// Welch's t; relative interval of Fieller.
    #[default]
    WelchT,
    /// Ratio of sums, variance by the delta method over units; z test; relative interval of Fieller.
    DeltaMethod,
    /// Order statistics around the quantile, their distance widened for dependent rows of a unit.
    OrderStatistics,
    Cuped,
    /// Asymptotic confidence sequence (Waudby-Smith et al.), always-valid p-value.
    Sequential,
    Bayes,
    Bootstrap,
    /// Values above a high quantile set to it, then as for the metric's kind.
    Winsorised,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cuped {
    pub theta: f64,
    /// 1 − variance with / variance without the covariate.
    pub variance_reduction: f64,
    /// Standardised difference of the covariate between treatment and control.
    pub covariate_difference: Option<f64>,
    pub covariate_p_value: Option<f64>,
}

/// The effect with all data up to the end of a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CumulativePoint {
    pub day: String,
    pub units: u64,
    pub delta: f64,
    /// At a single look.
    pub interval: Option<[f64; 2]>,
    /// Valid at every look.
    pub sequential_interval: Option<[f64; 2]>,
    /// delta over the absolute control estimate of the same day.
    pub relative: Option<f64>,
    pub relative_sequential_interval: Option<[f64; 2]>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DailyPoint {
    pub day: String,
    pub units: u64,
    pub delta: f64,
    pub standard_error: f64,
}

/// How much the answer hangs on a few large values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outliers {
    /// Values above this were set to it.
    pub limit: f64,
    pub units_above: u64,
    /// Share of the metric's total that the top 0.1 % of the units hold.
    pub top_share: Option<f64>,
    /// The sign, or whether 0 is excluded, differs between raw and winsorised.
    pub changes_the_answer: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentColumn {
    pub column: String,
    pub metric: String,
    pub treatment: String,
    pub parts: Vec<SegmentPart>,
    /// Cochran's Q over the parts: is the effect the same in all?
    pub interaction_p_value: Option<f64>,
    /// Holm over the segment columns and treatments.
    pub interaction_p_adjusted: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentPart {
    pub value: String,
    pub control_units: u64,
    pub treatment_units: u64,
    #[serde(flatten)]
    pub inference: Inference,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    Passed,
    /// Could not be made; says why.
    Skipped,
    Note,
    Warning,
    /// The verdict is withheld.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub code: String,
    pub status: CheckStatus,
    pub title: Bilingual,
    /// The figure, e.g. `p 0.41`.
    pub value: Bilingual,
    /// What it means and what to do.
    pub explanation: Bilingual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The assignment is broken: no effect may be read.
    Blocked,
    Ship,
    /// The goal gets worse, or a guardrail is hurt.
    KeepControl,
    Inconclusive,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub decision: Decision,
    /// The treatment the decision is about.
    pub variant: Option<String>,
    pub headline: Bilingual,
    pub reasons: Vec<Bilingual>,
}
