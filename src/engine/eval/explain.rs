//! The words beside the numbers: conventions, reasons for what is undefined, warnings.
//!
//! Invariant: every `None` metric of an evaluation has its reason here.

use super::evaluation::{Evaluation, ThresholdRule};
use super::input::{EvalConfig, MapDenominator};
use super::metric::{Metric, RankingMetric, RowMetric};
use super::units::MIN_GROUPS_TO_RESAMPLE;
use crate::engine::artifact::Bilingual;
use std::collections::BTreeMap;

/// Rows of the rarer class below which intervals deserve a warning.
const FEW_ROWS: u64 = 30;
const MANY_TIES_AT_CUT: f64 = 0.1;

/// What each metric name and each choice means in this evaluation.
pub(crate) fn conventions(config: &EvalConfig, with_groups: bool) -> BTreeMap<String, Bilingual> {
    let mut found: BTreeMap<String, Bilingual> = RowMetric::ALL
        .into_iter()
        .map(Metric::Row)
        .map(|metric| (metric.name(), metric.definition()))
        .collect();
    let mut add = |name: &str, en: &str, zh: &str| found.insert(name.to_owned(), Bilingual::new(en, zh));
    add(
        "threshold",
        "A row is predicted positive if its score is at least the threshold; without a given one it is the threshold with the best F1 on these rows, of equals the highest",
        "得分不低于阈值判为正；未指定时取本数据上 F1 最高的阈值，并列取最高者",
    );
    add(
        "intervals",
        "Bootstrap, bias-corrected and accelerated (Efron 1987); ECE: basic bootstrap, since resampling inflates it; the threshold is held fixed",
        "自助法 BCa 区间（Efron 1987）；ECE 会因重抽样偏大，故用基本自助区间；阈值保持不变",
    );
    add(
        "auc_delong",
        "Wald interval with DeLong's variance; with Obuchowski's (1997) where whole groups are drawn",
        "DeLong 方差的 Wald 区间；按组重抽样时用 Obuchowski (1997) 的聚类方差",
    );
    add(
        "rows",
        "Rows with a missing label or score are left out and counted",
        "标签或得分缺失的行不参与计算，并计数",
    );
    if with_groups {
        for metric in RankingMetric::family(&config.k).into_iter().map(Metric::Ranking) {
            found.insert(metric.name(), metric.definition());
        }
        let (en, zh) = match config.map_denominator {
            MapDenominator::MinPositivesK => ("min(positives, k), as RecBole", "min(正样本数, k)，与 RecBole 相同"),
            MapDenominator::Positives => (
                "all positives of the group, as trec_eval",
                "组内全部正样本数，与 trec_eval 相同",
            ),
        };
        found.insert("map_denominator".to_owned(), Bilingual::new(en, zh));
        found.insert(
            "ties".to_owned(),
            Bilingual::new(
                "Rows of one score have no order: ranking metrics are averaged exactly over all their orders (McSherry and Najork 2008; scikit-learn's nDCG)",
                "同分的行没有先后：排序指标对其所有排列取精确期望（McSherry 与 Najork 2008，与 scikit-learn 的 nDCG 相同）",
            ),
        );
        found.insert(
            "groups".to_owned(),
            Bilingual::new(
                "Groups without a positive are left out and counted; groups of only positives stay",
                "没有正样本的组不参与计算并计数；全为正样本的组保留",
            ),
        );
    }
    found
}

/// Fills `undefined` with a reason for every metric that has no value.
pub(crate) fn undefined_metrics(evaluation: &mut Evaluation) {
    let row = RowMetric::ALL.into_iter().map(Metric::Row);
    let ranking = evaluation.ranking.keys().filter_map(|name| Metric::parse(name));
    let missing: Vec<Metric> = row
        .chain(ranking)
        .filter(|&metric| evaluation.value(metric).is_none())
        .collect();
    for metric in missing {
        let reason = reason(evaluation, metric);
        evaluation.undefined.insert(metric.name(), reason);
    }
    if evaluation.threshold.is_none() {
        evaluation.undefined.insert("threshold".to_owned(), no_positives());
    }
}

fn no_positives() -> Bilingual {
    Bilingual::new("there is no positive row", "没有正样本")
}

fn reason(evaluation: &Evaluation, metric: Metric) -> Bilingual {
    let has_positives = evaluation.positives > 0;
    match metric {
        Metric::Row(row) if row.needs_probability() => Bilingual::new(
            "scores are not all between 0 and 1, so they are no probabilities",
            "得分不全在 0 到 1 之间，不是概率",
        ),
        Metric::Row(row) if row.needs_threshold() && evaluation.threshold.is_none() => no_positives(),
        Metric::Row(RowMetric::Precision) => Bilingual::new("no row reaches the threshold", "没有行达到阈值"),
        Metric::Row(RowMetric::Mcc) => {
            Bilingual::new("labels or predictions are all of one class", "标签或预测全为同一类")
        }
        Metric::Row(_) if !has_positives => no_positives(),
        Metric::Row(_) => Bilingual::new("there is no negative row", "没有负样本"),
        Metric::Ranking(_) => match &evaluation.groups {
            Some(groups) if groups.used > 0 => {
                Bilingual::new("no group has both positive and negative rows", "没有同时含正负样本的组")
            }
            _ => Bilingual::new("no group has a positive row", "没有含正样本的组"),
        },
    }
}

/// What a careful reader should know before trusting the numbers.
pub(crate) fn warnings(evaluation: &Evaluation) -> Vec<Bilingual> {
    let mut found = Vec::new();
    let rows = evaluation.rows;
    if rows.used < rows.total {
        found.push(Bilingual::new(
            format!(
                "{} of {} rows are left out: {} without a label, {} without a score",
                rows.total - rows.used,
                rows.total,
                rows.missing_label,
                rows.missing_score
            ),
            format!(
                "{} 行中有 {} 行未参与：{} 行缺标签，{} 行缺得分",
                rows.total,
                rows.total - rows.used,
                rows.missing_label,
                rows.missing_score
            ),
        ));
    }
    let rarer = evaluation.positives.min(evaluation.n - evaluation.positives);
    if rarer < FEW_ROWS {
        found.push(Bilingual::new(
            format!("the rarer class has {rarer} rows; intervals are rough below {FEW_ROWS}"),
            format!("较少的一类只有 {rarer} 行；少于 {FEW_ROWS} 行时区间很粗略"),
        ));
    }
    if evaluation.auc.is_some_and(|auc| auc < 0.5) && interval_below_half(evaluation) {
        found.push(Bilingual::new(
            "AUC is clearly below 0.5: the scores rank the wrong way round; are the label or the score inverted?",
            "AUC 明显低于 0.5：得分排序是反的；标签或得分是否取反了？",
        ));
    }
    if evaluation.threshold_rule == ThresholdRule::BestF1 {
        found.push(Bilingual::new(
            "the threshold was chosen on these rows, so F1, precision, recall and accuracy at it are a little optimistic; give one chosen on validation rows to avoid that",
            "阈值是在同一数据上选的，因此该阈值下的 F1、精确率、召回率和准确率略偏乐观；请给出在验证集上选定的阈值",
        ));
    }
    found.extend(group_warnings(evaluation));
    found
}

fn interval_below_half(evaluation: &Evaluation) -> bool {
    evaluation.auc_delong.is_some_and(|delong| delong.interval[1] < 0.5)
}

fn group_warnings(evaluation: &Evaluation) -> Vec<Bilingual> {
    let mut found = Vec::new();
    let Some(groups) = &evaluation.groups else { return found };
    if groups.without_positives > 0 {
        found.push(Bilingual::new(
            format!(
                "{} of {} groups have no positive and are in no ranking metric",
                groups.without_positives, groups.total
            ),
            format!(
                "{} 组中有 {} 组没有正样本，不计入排序指标",
                groups.total, groups.without_positives
            ),
        ));
    }
    if groups.rows_without_group > 0 {
        found.push(Bilingual::new(
            format!(
                "{} rows have no group and are in no ranking metric",
                groups.rows_without_group
            ),
            format!("{} 行没有分组，不计入排序指标", groups.rows_without_group),
        ));
    }
    for (k, &share) in groups
        .ties_at_cut
        .iter()
        .filter(|&(_, &share)| share > MANY_TIES_AT_CUT)
    {
        let percent = share * 100.0;
        found.push(Bilingual::new(
            format!("in {percent:.0} % of the groups rows of one score straddle rank {k}; the metrics there are averages over their orders"),
            format!("{percent:.0}% 的组中同分的行跨越第 {k} 名；该处指标为其各种排列的平均"),
        ));
    }
    if (groups.total as usize) < MIN_GROUPS_TO_RESAMPLE {
        found.push(Bilingual::new(
            format!(
                "only {} groups: intervals of the ranking metrics are rough",
                groups.total
            ),
            format!("只有 {} 组：排序指标的区间很粗略", groups.total),
        ));
    }
    found
}
