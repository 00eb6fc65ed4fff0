//! Everything the tests read, computed once: each model's sorted scores, AUC components, group values, resamples.
//!
//! Invariant: all models share the rows, the groups and every resample, so that differences are paired.

use super::comparison::{CompareConfig, CompareInput};
use crate::engine::eval::{
    Components, EvalConfig, EvalError, Metric, Plan, RankingMetric, RankingTable, Replicates, RowMetric, RowTable,
    Scratch, SortedScores, Units, UsableRows, check_length, choose_threshold, defined, grouped_rows,
    ranking_replicates_of,
};
use crate::engine::eval::{ThresholdTable, row_width};
use crate::engine::progress::{Cancelled, Progress};

const ROW_STREAM: u64 = 11;
const GROUP_STREAM: u64 = 12;

/// The rows of a comparison, or of one segment of it.
pub(super) struct CommonRows {
    pub labels: Vec<bool>,
    /// By model.
    pub scores: Vec<Vec<f64>>,
    /// Group of each row.
    pub codes: Option<Vec<u32>>,
}

impl CommonRows {
    /// The rows in which the label and all scores are present.
    pub fn of(input: &CompareInput<'_>) -> Result<(Self, UsableRows), EvalError> {
        if input.models.len() < 2 {
            return Err(EvalError::BadSetting {
                what: "a comparison needs at least two models".to_owned(),
            });
        }
        for (at, model) in input.models.iter().enumerate() {
            check_length(
                &format!("model `{}`", model.name),
                input.labels.len(),
                model.scores.len(),
            )?;
            if input.models[..at].iter().any(|other| other.name == model.name) {
                return Err(EvalError::BadSetting {
                    what: format!("two models are named `{}`; give each its own name", model.name),
                });
            }
        }
        if let Some(groups) = input.groups {
            check_length("the group column", input.labels.len(), groups.codes.len())?;
        }
        for segment in &input.segments {
            let what = format!("the segment column `{}`", segment.column);
            check_length(&what, input.labels.len(), segment.values.codes.len())?;
        }
        let scores: Vec<&[f64]> = input.models.iter().map(|model| model.scores).collect();
        let usable = UsableRows::of(input.labels, &scores)?;
        let rows = Self {
            labels: usable.labels.clone(),
            scores: scores.iter().map(|scores| usable.take(scores)).collect(),
            codes: input.groups.map(|groups| usable.take(groups.codes)),
        };
        Ok((rows, usable))
    }

    /// Some of the rows, by position.
    pub fn subset(&self, positions: &[u32]) -> Self {
        fn take<T: Copy>(values: &[T], positions: &[u32]) -> Vec<T> {
            positions.iter().map(|&at| values[at as usize]).collect()
        }
        Self {
            labels: take(&self.labels, positions),
            scores: self.scores.iter().map(|scores| take(scores, positions)).collect(),
            codes: self.codes.as_ref().map(|codes| take(codes, positions)),
        }
    }

    /// Each model's threshold: the given one, or its best F1 on these rows.
    pub fn thresholds(&self, config: &CompareConfig) -> Vec<Option<f64>> {
        let eval = EvalConfig {
            threshold: config.threshold,
            ..EvalConfig::default()
        };
        let choose = |scores: &Vec<f64>| {
            let table = ThresholdTable::new(&SortedScores::new(&self.labels, scores));
            choose_threshold(&eval, &table).0
        };
        self.scores.iter().map(choose).collect()
    }
}

/// One model's tables.
pub(super) struct ModelTables {
    pub rows: RowTable,
    pub point: Vec<Option<f64>>,
    pub components: Option<Components>,
    pub ranking: Option<RankingTable>,
    pub ranking_point: Vec<Option<f64>>,
    pub threshold: Option<f64>,
}

impl ModelTables {
    pub fn value(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Row(metric) => self.point[metric as usize],
            Metric::Ranking(metric) => self.ranking_point.get(self.ranking_column(metric)?).copied().flatten(),
        }
    }

    /// The metric's column in the group values.
    pub fn ranking_column(&self, metric: RankingMetric) -> Option<usize> {
        self.ranking.as_ref()?.metrics.iter().position(|&other| other == metric)
    }
}

/// All that the tests of one set of rows need.
pub(super) struct Prepared<'a> {
    pub rows: &'a CommonRows,
    pub models: Vec<ModelTables>,
    pub units: Units,
    pub config: &'a CompareConfig,
    /// Row metrics of all models in every resample; empty when no test asks for them.
    pub row_replicates: Replicates,
    /// Group values of all models in every resample of the groups.
    pub group_replicates: Replicates,
}

impl<'a> Prepared<'a> {
    /// `share` is the part of the job's progress this may use.
    pub fn new(
        rows: &'a CommonRows,
        thresholds: &[Option<f64>],
        metrics: &[Metric],
        config: &'a CompareConfig,
        (progress, share): (&Progress, (f64, f64)),
    ) -> Result<Self, Cancelled> {
        let k = cut_offs(metrics);
        let grouped = rows
            .codes
            .as_ref()
            .filter(|_| k.is_some())
            .map(|codes| grouped_rows(codes));
        let mut models = Vec::with_capacity(rows.scores.len());
        for (scores, &threshold) in rows.scores.iter().zip(thresholds) {
            progress.check()?;
            let sorted = SortedScores::new(&rows.labels, scores);
            let components = Components::of(&sorted);
            let table = RowTable::new(sorted, threshold, config.ece_bins);
            let ranking = match (&grouped, &k) {
                (Some(grouped), Some(k)) => {
                    let settings = (&k[..], config.map_denominator);
                    Some(RankingTable::new(&rows.labels, scores, grouped, settings, progress)?)
                }
                _ => None,
            };
            models.push(ModelTables {
                point: table.point().into_iter().map(defined).collect(),
                ranking_point: ranking.as_ref().map_or_else(Vec::new, RankingTable::point),
                rows: table,
                components,
                ranking,
                threshold,
            });
        }
        let units = Units::new(config.resample, rows.codes.as_deref(), rows.labels.len());
        let mut prepared = Self {
            rows,
            models,
            units,
            config,
            row_replicates: Replicates::default(),
            group_replicates: Replicates::default(),
        };
        prepared.resample(metrics, progress, share)?;
        Ok(prepared)
    }

    fn resample(&mut self, metrics: &[Metric], progress: &Progress, (from, to): (f64, f64)) -> Result<(), Cancelled> {
        // The AUC has DeLong's variance and needs no resamples.
        let rows_wanted = metrics
            .iter()
            .any(|metric| matches!(metric, Metric::Row(m) if *m != RowMetric::Auc));
        let middle = if rows_wanted { from + (to - from) * 0.7 } else { from };
        let plan = |stream, progress| Plan {
            resamples: self.config.bootstrap,
            seed: self.config.seed,
            stream,
            progress,
        };
        if rows_wanted {
            let unit_at: Vec<Vec<u32>> = self
                .models
                .iter()
                .map(|model| self.units.in_order(&model.rows.sorted.order))
                .collect();
            let models = &self.models;
            let of_all = |weights: &[u32], scratch: &mut Scratch| -> Vec<f64> {
                let of_one = |(model, units): (&ModelTables, &Vec<u32>)| {
                    model.rows.weighted(&|at| weights[units[at] as usize], scratch)
                };
                models.iter().zip(&unit_at).flat_map(of_one).collect()
            };
            self.row_replicates =
                Replicates::run(self.units.count, plan(ROW_STREAM, (from, middle)), progress, of_all)?;
        }
        let tables: Vec<&RankingTable> = self.models.iter().filter_map(|model| model.ranking.as_ref()).collect();
        self.group_replicates = ranking_replicates_of(&tables, plan(GROUP_STREAM, (middle, to)), progress)?;
        Ok(())
    }

    /// Where a model's value of a metric stands in the replicates' rows.
    pub fn replicate_column(&self, model: usize, metric: Metric) -> Option<usize> {
        match metric {
            Metric::Row(metric) => Some(model * row_width() + metric as usize),
            Metric::Ranking(metric) => {
                let tables = &self.models[model];
                let width = tables.ranking.as_ref()?.metrics.len();
                Some(model * width + tables.ranking_column(metric)?)
            }
        }
    }
}

/// The cut-offs the ranking metrics need; `None` when there is no ranking metric.
fn cut_offs(metrics: &[Metric]) -> Option<Vec<usize>> {
    let ranking = metrics.iter().filter_map(|metric| match metric {
        Metric::Ranking(metric) => Some(metric.k),
        Metric::Row(_) => None,
    });
    let mut found: Option<Vec<usize>> = None;
    for k in ranking {
        let list = found.get_or_insert_with(Vec::new);
        list.extend(k.filter(|k| !list.contains(k)));
    }
    found
}
