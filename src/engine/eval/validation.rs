//! The metrics of a validation during a training, by the definitions of this stage.
//!
//! In: scores, labels and groups of the validation rows. Out: values by name, as `train` asks for them; an undefined
//! one is absent. Metrics that need a threshold use 0.5: the threshold of best F1 would differ from step to step.

use super::input::{EvalConfig, MapDenominator};
use super::metric::{Metric, RowMetric};
use super::ranking::{RankingTable, grouped_rows};
use super::row_table::RowTable;
use super::sorted::SortedScores;
use crate::engine::progress::Progress;
use crate::engine::run::metric::cut_off;
use crate::engine::train::validate::{self, Validated};
use std::collections::BTreeMap;

/// Ranking metrics told at each evaluation beside the one that decides.
const TOLD: [&str; 3] = ["ndcg@10", "recall@10", "mrr"];
const USUAL_CUT_OFF: usize = 10;
const THRESHOLD: f64 = 0.5;

/// What `train::validate` computes itself, Brier's score, the ranking metrics where there are groups, and the metric
/// that decides "best".
pub fn validation_metrics(rows: &Validated<'_>) -> BTreeMap<String, f64> {
    let mut found = validate::basic_metrics(rows);
    if rows.scores.is_empty() || rows.scores.iter().any(|score| !score.is_finite()) {
        return found;
    }
    let labels: Vec<bool> = rows.labels.iter().map(|&label| label == 1.0).collect();
    let scores: Vec<f64> = rows.scores.iter().map(|&score| f64::from(score)).collect();
    let mut put = |name: String, value: f64| {
        if value.is_finite() {
            found.entry(name).or_insert(value);
        }
    };
    let table = RowTable::new(
        SortedScores::new(&labels, &scores),
        Some(THRESHOLD),
        EvalConfig::default().ece_bins,
    );
    for (metric, value) in RowMetric::ALL.into_iter().zip(table.point()) {
        if metric == RowMetric::Brier || metric.name() == rows.metric {
            put(metric.name().to_owned(), value);
        }
    }
    if let Some(groups) = rows.groups {
        let mut k = vec![USUAL_CUT_OFF];
        k.extend(cut_off(rows.metric).filter(|k| *k != USUAL_CUT_OFF));
        let settings = (&k[..], MapDenominator::default());
        let grouped = grouped_rows(groups);
        // Nothing cancels it: the rows are those of a validation.
        let ranked = RankingTable::new(&labels, &scores, &grouped, settings, &Progress::new());
        for (metric, value) in ranked.iter().flat_map(|table| table.metrics.iter().zip(table.point())) {
            let name = Metric::Ranking(*metric).name();
            if let Some(value) = value.filter(|_| name == rows.metric || TOLD.contains(&name.as_str())) {
                put(name, value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::eval::{Codes, RankingMetric};
    use crate::engine::eval::{EvalInput, MISSING_CODE, evaluate};
    use crate::engine::random::Draws;
    use crate::engine::run::metric;
    use crate::engine::train::data::NO_GROUP;

    #[test]
    fn the_names_and_directions_of_a_run_are_those_of_an_evaluation() {
        let rows = RowMetric::ALL.into_iter().map(Metric::Row);
        let all: Vec<Metric> = rows
            .chain(RankingMetric::family(&[1, 10]).into_iter().map(Metric::Ranking))
            .collect();
        for metric in &all {
            let name = metric.name();
            assert!(metric::is_known(&name), "{name}");
            assert_eq!(metric::higher_is_better(&name), metric.higher_is_better(), "{name}");
            assert_eq!(
                metric::needs_groups(&name),
                matches!(metric, Metric::Ranking(_)),
                "{name}"
            );
        }
        let lists = metric::LIST_METRICS.map(str::to_owned).into_iter();
        let cut = metric::CUT_METRICS.iter().map(|name| format!("{name}@7"));
        let rows = metric::ROW_METRICS
            .iter()
            .filter(|name| **name != "loss")
            .map(|name| (*name).to_owned());
        assert!(lists.chain(cut).chain(rows).all(|name| Metric::parse(&name).is_some()));
        assert_eq!(NO_GROUP, MISSING_CODE);
    }

    #[test]
    fn values_are_those_of_an_evaluation_of_the_same_rows() {
        let mut draws = Draws::new(4, &[]);
        let n = 400;
        let groups: Vec<u32> = (0..n).map(|_| draws.below(30) as u32).collect();
        let labels: Vec<u8> = (0..n).map(|_| u8::from(draws.chance(0.3))).collect();
        let scores: Vec<f32> = (0..n).map(|_| draws.below(50) as f32 / 50.0).collect();
        let (wide_labels, wide_scores): (Vec<f64>, Vec<f64>) = labels
            .iter()
            .zip(&scores)
            .map(|(&label, &score)| (f64::from(label), f64::from(score)))
            .unzip();
        let input = EvalInput {
            labels: &wide_labels,
            scores: &wide_scores,
            groups: Some(Codes {
                codes: &groups,
                names: &[],
            }),
            segments: Vec::new(),
        };
        let config = EvalConfig {
            k: vec![3, 10],
            bootstrap: 0,
            threshold: Some(THRESHOLD),
            ..EvalConfig::default()
        };
        let ones: Vec<f32> = labels.iter().map(|&label| f32::from(label)).collect();
        let whole = evaluate(&input, &config, &Progress::new()).expect("evaluation");
        let names = [
            "brier",
            "mcc",
            "ndcg@3",
            "recall@3",
            "map@10",
            "gauc",
            "mrr",
            "auc",
            "f1",
            "hit_rate@3",
            "ece",
        ];
        for name in names {
            let rows = Validated {
                scores: &scores,
                labels: &ones,
                groups: Some(&groups),
                metric: name,
            };
            let expected = whole.value(Metric::parse(name).expect("a metric")).expect("defined");
            let found = validation_metrics(&rows);
            assert!(
                (found[name] - expected).abs() < 1e-9,
                "{name}: {} against {expected}",
                found[name]
            );
            assert!(found.contains_key("loss") && found.contains_key("ndcg@10"));
        }
    }

    #[test]
    fn without_groups_there_is_no_ranking_and_scores_that_are_no_numbers_give_little() {
        let rows = Validated {
            scores: &[0.2, 0.9],
            labels: &[0.0, 1.0],
            groups: None,
            metric: "ndcg@10",
        };
        let found = validation_metrics(&rows);
        assert!(!found.contains_key("ndcg@10") && found["brier"] > 0.0);
        let broken = Validated {
            scores: &[f32::NAN, 0.9],
            ..rows
        };
        assert!(!validation_metrics(&broken).contains_key("auc"));
    }
}
