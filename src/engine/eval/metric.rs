//! The metrics by name: a closed list, the direction of each, and the definition shown beside it.
//!
//! Invariant: `Metric::parse(&metric.name()) == Some(metric)`; names are the JSON keys.

use crate::engine::artifact::Bilingual;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A metric over rows: every row counts once, groups do not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowMetric {
    Auc,
    AveragePrecision,
    LogLoss,
    Brier,
    Ece,
    Accuracy,
    Precision,
    Recall,
    F1,
    Mcc,
}

impl RowMetric {
    pub const ALL: [Self; 10] = [
        Self::Auc,
        Self::AveragePrecision,
        Self::LogLoss,
        Self::Brier,
        Self::Ece,
        Self::Accuracy,
        Self::Precision,
        Self::Recall,
        Self::F1,
        Self::Mcc,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Auc => "auc",
            Self::AveragePrecision => "average_precision",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
            Self::Ece => "ece",
            Self::Accuracy => "accuracy",
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::Mcc => "mcc",
        }
    }

    /// True for the metrics that read the score as a probability.
    pub fn needs_probability(self) -> bool {
        matches!(self, Self::LogLoss | Self::Brier | Self::Ece)
    }

    /// True for the metrics that depend on a threshold.
    pub fn needs_threshold(self) -> bool {
        matches!(
            self,
            Self::Accuracy | Self::Precision | Self::Recall | Self::F1 | Self::Mcc
        )
    }
}

/// A metric of one ranked list; the reported value is the mean over groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RankingKind {
    Ndcg,
    Recall,
    Precision,
    Map,
    HitRate,
    Mrr,
    /// AUC inside each group, weighted by the group's rows (Zhou et al., KDD 2018, eq. 7).
    Gauc,
}

impl RankingKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ndcg => "ndcg",
            Self::Recall => "recall",
            Self::Precision => "precision",
            Self::Map => "map",
            Self::HitRate => "hit_rate",
            Self::Mrr => "mrr",
            Self::Gauc => "gauc",
        }
    }
}

/// A ranking metric with its cut-off; `k = None` reads the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RankingMetric {
    pub kind: RankingKind,
    pub k: Option<usize>,
}

impl RankingMetric {
    /// What is computed for the cut-offs `k`: the uncut metrics first, then all kinds at each cut-off.
    pub fn family(k: &[usize]) -> Vec<Self> {
        use RankingKind::{Gauc, HitRate, Map, Mrr, Ndcg, Precision, Recall};
        let uncut = [Ndcg, Map, Mrr, Gauc].map(|kind| Self { kind, k: None });
        let cut = k
            .iter()
            .flat_map(|&k| [Ndcg, Recall, Precision, Map, HitRate, Mrr].map(|kind| Self { kind, k: Some(k) }));
        uncut.into_iter().chain(cut).collect()
    }

    fn parse(name: &str) -> Option<Self> {
        use RankingKind::{Gauc, HitRate, Map, Mrr, Ndcg, Precision, Recall};
        let (kind, k) = match name.split_once('@') {
            Some((kind, k)) => (kind, Some(k.parse::<usize>().ok().filter(|&k| k > 0)?)),
            None => (name, None),
        };
        let kind = [Ndcg, Recall, Precision, Map, HitRate, Mrr, Gauc]
            .into_iter()
            .find(|candidate| candidate.name() == kind)?;
        let known = match kind {
            Ndcg | Map | Mrr => true,
            Gauc => k.is_none(),
            Recall | Precision | HitRate => k.is_some(),
        };
        known.then_some(Self { kind, k })
    }
}

/// Any metric of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    Row(RowMetric),
    Ranking(RankingMetric),
}

impl Metric {
    /// The metric with this JSON key, e.g. `auc`, `ndcg@10`; `None` when there is none.
    pub fn parse(name: &str) -> Option<Self> {
        let row = RowMetric::ALL.into_iter().find(|metric| metric.name() == name);
        row.map(Self::Row)
            .or_else(|| RankingMetric::parse(name).map(Self::Ranking))
    }

    /// The JSON key.
    pub fn name(self) -> String {
        match self {
            Self::Row(metric) => metric.name().to_owned(),
            Self::Ranking(RankingMetric { kind, k: Some(k) }) => format!("{}@{k}", kind.name()),
            Self::Ranking(RankingMetric { kind, k: None }) => kind.name().to_owned(),
        }
    }

    pub fn higher_is_better(self) -> bool {
        !matches!(self, Self::Row(RowMetric::LogLoss | RowMetric::Brier | RowMetric::Ece))
    }

    /// The name for people.
    pub fn label(self) -> Bilingual {
        let (en, zh) = match self {
            Self::Row(metric) => row_label(metric),
            Self::Ranking(metric) => ranking_label(metric.kind),
        };
        match self {
            Self::Ranking(RankingMetric { k: Some(k), .. }) => Bilingual::new(format!("{en}@{k}"), format!("{zh}@{k}")),
            _ => Bilingual::new(en, zh),
        }
    }

    /// What is computed and by which convention.
    pub fn definition(self) -> Bilingual {
        match self {
            Self::Row(metric) => row_definition(metric),
            Self::Ranking(metric) => ranking_definition(metric.kind),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown metric `{name}`")))
    }
}

fn row_label(metric: RowMetric) -> (&'static str, &'static str) {
    match metric {
        RowMetric::Auc => ("AUC", "AUC"),
        RowMetric::AveragePrecision => ("Average precision", "平均精度 AP"),
        RowMetric::LogLoss => ("Log loss", "对数损失"),
        RowMetric::Brier => ("Brier score", "Brier 分数"),
        RowMetric::Ece => ("ECE", "校准误差 ECE"),
        RowMetric::Accuracy => ("Accuracy", "准确率"),
        RowMetric::Precision => ("Precision", "精确率"),
        RowMetric::Recall => ("Recall", "召回率"),
        RowMetric::F1 => ("F1", "F1"),
        RowMetric::Mcc => ("MCC", "MCC"),
    }
}

fn ranking_label(kind: RankingKind) -> (&'static str, &'static str) {
    match kind {
        RankingKind::Ndcg => ("nDCG", "nDCG"),
        RankingKind::Recall => ("Recall", "召回率"),
        RankingKind::Precision => ("Precision", "精确率"),
        RankingKind::Map => ("MAP", "MAP"),
        RankingKind::HitRate => ("Hit rate", "命中率"),
        RankingKind::Mrr => ("MRR", "MRR"),
        RankingKind::Gauc => ("Group AUC", "分组 AUC"),
    }
}

fn row_definition(metric: RowMetric) -> Bilingual {
    let (en, zh) = match metric {
        RowMetric::Auc => (
            "Area under the ROC curve: the chance that a positive row scores above a negative one; a tie counts one half",
            "ROC 曲线下面积：随机一个正样本得分高于负样本的概率，同分记 1/2",
        ),
        RowMetric::AveragePrecision => (
            "Sum over distinct scores of (recall step) × precision, without interpolation; rows of one score enter together",
            "按不同得分累加（召回率增量 × 精确率），不插值；同分的行一起计入",
        ),
        RowMetric::LogLoss => (
            "Mean of −ln p(label), natural logarithm; p is kept 2.2e-16 away from 0 and 1",
            "−ln p(标签) 的均值（自然对数）；p 距 0 与 1 至少 2.2e-16",
        ),
        RowMetric::Brier => (
            "Mean squared difference of score and label",
            "得分与标签之差的平方的均值",
        ),
        RowMetric::Ece => (
            "Expected calibration error: |mean score − share of positives| over bins of equal width, weighted by rows; bins are [lower, upper), the last one closed",
            "期望校准误差：等宽分箱内 |平均得分 − 正样本占比| 按行数加权；箱为左闭右开，最后一箱闭合",
        ),
        RowMetric::Accuracy => (
            "Share of rows on the right side of the threshold; score ≥ threshold is a predicted positive",
            "位于阈值正确一侧的行的占比；得分 ≥ 阈值判为正",
        ),
        RowMetric::Precision => (
            "Share of predicted positives that are positive",
            "判为正的行中真正为正的占比",
        ),
        RowMetric::Recall => (
            "Share of positives that are predicted positive",
            "正样本中被判为正的占比",
        ),
        RowMetric::F1 => ("Harmonic mean of precision and recall", "精确率与召回率的调和平均"),
        RowMetric::Mcc => (
            "Matthews correlation of prediction and label, −1 to 1",
            "预测与标签的马修斯相关系数，−1 到 1",
        ),
    };
    Bilingual::new(en, zh)
}

fn ranking_definition(kind: RankingKind) -> Bilingual {
    let (en, zh) = match kind {
        RankingKind::Ndcg => (
            "Discounted gain 1/log2(rank + 1) of the positives over that of the ideal order, mean over groups",
            "正样本的折损增益 1/log2(名次 + 1) 除以理想排序的增益，按组平均",
        ),
        RankingKind::Recall => (
            "Share of the group's positives among its first k rows, mean over groups",
            "前 k 行覆盖的组内正样本占比，按组平均",
        ),
        RankingKind::Precision => (
            "Positives among the first k rows divided by k (also where the group has fewer rows), mean over groups",
            "前 k 行的正样本数除以 k（组内行数不足时仍除以 k），按组平均",
        ),
        RankingKind::Map => (
            "Mean over groups of average precision: precision at each positive within the cut-off, divided by min(positives, k)",
            "平均精度按组平均：截断内每个正样本处的精确率之和除以 min(正样本数, k)",
        ),
        RankingKind::HitRate => (
            "Share of groups with at least one positive among the first k rows",
            "前 k 行至少有一个正样本的组的占比",
        ),
        RankingKind::Mrr => (
            "Mean over groups of 1 / rank of the first positive, 0 beyond the cut-off",
            "首个正样本名次的倒数按组平均，超出截断记 0",
        ),
        RankingKind::Gauc => (
            "AUC inside each group that has both classes, weighted by its rows",
            "在含有两类样本的组内计算 AUC，按行数加权",
        ),
    };
    Bilingual::new(en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        let rows = RowMetric::ALL.into_iter().map(Metric::Row);
        let ranking = RankingMetric::family(&[5, 10]).into_iter().map(Metric::Ranking);
        let all: Vec<Metric> = rows.chain(ranking).collect();
        assert_eq!(all.len(), 10 + 4 + 12);
        for metric in all {
            assert_eq!(Metric::parse(&metric.name()), Some(metric), "{metric}");
            assert!(!metric.label().zh.is_empty() && !metric.definition().zh.is_empty());
        }
    }

    #[test]
    fn unknown_names_are_refused() {
        for name in ["", "ndcg@", "ndcg@0", "ndcg@x", "hit_rate", "gauc@5", "AUC"] {
            assert_eq!(Metric::parse(name), None, "{name}");
        }
    }
}
