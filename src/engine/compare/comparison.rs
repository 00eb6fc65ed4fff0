//! The artefact: differences between models on the same rows, with intervals, tests and a verdict in one sentence.
//!
//! Invariant: `delta = value_b − value_a` for every pair; no p-value stands without its interval and standard error.

use crate::engine::artifact::Bilingual;
use crate::engine::eval::{Codes, EvalError, MapDenominator, Metric, ResampleUnit, RowMetric, RowUse, Segment};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One model's scores, a value a row.
#[derive(Clone, Copy, Debug)]
pub struct ScoredModel<'a> {
    pub name: &'a str,
    pub scores: &'a [f64],
}

/// Two or more models scored on the same rows. All slices have one length.
#[derive(Clone, Debug, Default)]
pub struct CompareInput<'a> {
    /// 0 or 1; NaN = missing.
    pub labels: &'a [f64],
    pub models: Vec<ScoredModel<'a>>,
    pub groups: Option<Codes<'a>>,
    pub segments: Vec<Segment<'a>>,
}

/// Settings of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompareConfig {
    /// What to compare, the metric that decides first; empty = the default family for the input.
    pub metrics: Vec<Metric>,
    /// Cut-off of the ranking metrics of the default family.
    pub k: usize,
    pub bootstrap: usize,
    /// Random sign patterns of the randomisation test; all of them are tried when there are no more than this.
    pub permutations: usize,
    pub seed: u64,
    pub alpha: f64,
    /// Chance to detect the "smallest detectable difference".
    pub power: f64,
    /// One threshold for all models; `None` = each model's best F1 on these rows.
    pub threshold: Option<f64>,
    pub ece_bins: usize,
    pub map_denominator: MapDenominator,
    pub resample: ResampleUnit,
}

impl Default for CompareConfig {
    fn default() -> Self {
        Self {
            metrics: Vec::new(),
            k: 10,
            bootstrap: 2000,
            permutations: 9999,
            seed: 42,
            alpha: 0.05,
            power: 0.8,
            threshold: None,
            ece_bins: 15,
            map_denominator: MapDenominator::default(),
            resample: ResampleUnit::default(),
        }
    }
}

impl CompareConfig {
    pub(super) fn validate(&self) -> Result<(), EvalError> {
        let bad = |what: &str| Err(EvalError::BadSetting { what: what.to_owned() });
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return bad("alpha must lie between 0 and 1");
        }
        if !(self.power > 0.0 && self.power < 1.0) {
            return bad("power must lie between 0 and 1");
        }
        if self.k == 0 {
            return bad("the cut-off k must be at least 1");
        }
        if !(1..=1000).contains(&self.ece_bins) {
            return bad("the number of calibration bins must be 1 to 1000");
        }
        if self.threshold.is_some_and(|threshold| !threshold.is_finite()) {
            return bad("the threshold must be a number");
        }
        Ok(())
    }

    /// The metrics compared when none are named.
    pub(super) fn family(&self, with_groups: bool) -> Vec<Metric> {
        if !self.metrics.is_empty() {
            let mut unique = Vec::new();
            for &metric in &self.metrics {
                if !unique.contains(&metric) {
                    unique.push(metric);
                }
            }
            return unique;
        }
        let rows = [
            RowMetric::Auc,
            RowMetric::AveragePrecision,
            RowMetric::LogLoss,
            RowMetric::Brier,
            RowMetric::Accuracy,
            RowMetric::F1,
        ];
        let k = self.k;
        let ranking = [
            format!("ndcg@{k}"),
            format!("recall@{k}"),
            format!("map@{k}"),
            "mrr".to_owned(),
        ];
        let ranking = ranking
            .iter()
            .filter_map(|name| Metric::parse(name))
            .filter(|_| with_groups);
        rows.into_iter().map(Metric::Row).chain(ranking).collect()
    }
}

/// How a p-value was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// DeLong, DeLong and Clarke-Pearson 1988, rows independent.
    Delong,
    /// Obuchowski 1997, whole groups independent.
    DelongClustered,
    /// Exact McNemar test on the rows only one model gets right.
    McnemarExact,
    /// Paired bootstrap: twice the smaller tail beyond 0, (count + 1) / (B + 1); where no resample reaches 0, the
    /// normal tail with the bootstrap's standard error if that is smaller.
    PairedBootstrap,
    /// Random sign flips of the groups' differences, (count + 1) / (B + 1).
    Randomisation,
    /// All sign patterns of the groups' differences.
    RandomisationExact,
    /// Student's t on the groups' differences.
    PairedT,
}

impl Test {
    pub fn label(self) -> Bilingual {
        let (en, zh) = match self {
            Self::Delong => ("DeLong test", "DeLong 检验"),
            Self::DelongClustered => ("DeLong test on groups", "按组聚类的 DeLong 检验"),
            Self::McnemarExact => ("exact McNemar test", "McNemar 精确检验"),
            Self::PairedBootstrap => ("paired bootstrap", "配对自助法"),
            Self::Randomisation => ("randomisation test", "随机化检验"),
            Self::RandomisationExact => ("exact randomisation test", "精确随机化检验"),
            Self::PairedT => ("paired t test", "配对 t 检验"),
        };
        Bilingual::new(en, zh)
    }
}

/// A second test of the same difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossCheck {
    pub test: Test,
    pub p_value: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectSize {
    /// `cohen_dz` (mean / deviation of the groups' differences) or `discordant_odds` (rows only b gets right / only a).
    pub name: String,
    pub value: f64,
}

/// Units (groups, or rows for accuracy) on which one model does better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinTieLoss {
    pub b_better: u64,
    pub equal: u64,
    pub a_better: u64,
}

/// A group on which the models differ much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupChange {
    pub group: String,
    pub value_a: f64,
    pub value_b: f64,
    pub delta: f64,
}

/// One metric of two models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairResult {
    pub a: String,
    pub b: String,
    pub metric: Metric,
    pub value_a: Option<f64>,
    pub value_b: Option<f64>,
    /// `value_b − value_a`
    pub delta: Option<f64>,
    /// Covers 1 − alpha, not adjusted for the number of comparisons.
    pub interval: Option<[f64; 2]>,
    pub p_value: Option<f64>,
    /// Holm over all pairs and metrics.
    pub p_adjusted: Option<f64>,
    pub test: Option<Test>,
    pub higher_is_better: bool,
    /// The better model where the adjusted p-value is at most alpha.
    pub better: Option<String>,
    pub standard_error: Option<f64>,
    /// The true difference this test set would detect with the set power.
    pub smallest_detectable: Option<f64>,
    pub effect_size: Option<EffectSize>,
    pub cross_check: Option<CrossCheck>,
    pub win_tie_loss: Option<WinTieLoss>,
    /// Groups with the largest differences: those b wins, then those a wins; at most ten of each.
    pub largest_changes: Vec<GroupChange>,
    /// Why there is no p-value or no difference.
    pub undefined: Option<Bilingual>,
    pub verdict: Bilingual,
}

/// The deciding metric of a pair within one segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentComparison {
    pub column: String,
    /// Empty for rows in which the column is missing.
    pub value: String,
    pub a: String,
    pub b: String,
    pub metric: Metric,
    pub n: u64,
    pub positives: u64,
    pub value_a: Option<f64>,
    pub value_b: Option<f64>,
    pub delta: Option<f64>,
    pub interval: Option<[f64; 2]>,
    pub p_value: Option<f64>,
    /// Holm over the segments of this column and pair.
    pub p_adjusted: Option<f64>,
}

/// A model's values on the common rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedModel {
    pub name: String,
    pub threshold: Option<f64>,
    /// By metric name.
    pub metrics: BTreeMap<String, Option<f64>>,
}

/// Two or more models on the same rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub models: Vec<ComparedModel>,
    /// The metric that decides.
    pub primary_metric: Metric,
    pub metrics: Vec<Metric>,
    pub n: u64,
    pub positives: u64,
    pub rows: RowUse,
    /// Groups in the ranking metrics.
    pub num_groups: Option<u64>,
    /// `row` or `group`: what the tests take as independent. Ranking metrics always take groups.
    pub unit: String,
    /// By metric, then by pair in the order of the models.
    pub pairs: Vec<PairResult>,
    pub segments: Vec<SegmentComparison>,
    /// `holm`
    pub correction: String,
    /// Number of p-values adjusted together.
    pub family_size: u64,
    /// The model that is better than every other on the deciding metric, adjusted p at most alpha each.
    pub best: Option<String>,
    pub verdict: Bilingual,
    pub warnings: Vec<Bilingual>,
    pub config: CompareConfig,
}
