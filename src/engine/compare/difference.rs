//! One metric of two models: difference, interval, p-value, and what makes it readable.
//!
//! Invariant: models with the same values in every row or group have difference 0, interval [0, 0] and p-value 1.

use super::comparison::{CrossCheck, EffectSize, GroupChange, PairResult, Test, WinTieLoss};
use super::paired::{
    Patterns, mcnemar_p_value, mean_and_deviation, normal_p_value, randomisation_p_value, t_test_p_value,
};
use super::prepare::Prepared;
use crate::engine::artifact::Bilingual;
use crate::engine::eval::{Codes, Metric, RankingMetric, RankingTable, RowMetric, contrast_variance, normal_quantile};
use crate::engine::progress::{Cancelled, Progress};

const MAX_CHANGES: usize = 10;
const SIGN_STREAM: u64 = 13;

/// Difference, uncertainty and test, before it is named and adjusted.
#[derive(Clone, Debug, Default)]
pub(super) struct Difference {
    pub delta: Option<f64>,
    pub interval: Option<[f64; 2]>,
    pub p_value: Option<f64>,
    pub test: Option<Test>,
    pub standard_error: Option<f64>,
    pub effect_size: Option<EffectSize>,
    pub cross_check: Option<CrossCheck>,
    pub win_tie_loss: Option<WinTieLoss>,
    pub undefined: Option<Bilingual>,
}

impl Difference {
    fn undefined(reason: Bilingual) -> Self {
        Self {
            undefined: Some(reason),
            ..Self::default()
        }
    }

    /// The two models agree everywhere.
    fn none(test: Test) -> Self {
        Self {
            delta: Some(0.0),
            interval: Some([0.0, 0.0]),
            p_value: Some(1.0),
            test: Some(test),
            standard_error: Some(0.0),
            ..Self::default()
        }
    }
}

/// Compares models `a` and `b` (positions) on one metric.
pub(super) fn difference(
    prepared: &Prepared<'_>,
    (a, b): (usize, usize),
    metric: Metric,
    progress: &Progress,
) -> Result<Difference, Cancelled> {
    let (value_a, value_b) = (prepared.models[a].value(metric), prepared.models[b].value(metric));
    let (Some(value_a), Some(value_b)) = (value_a, value_b) else {
        return Ok(Difference::undefined(undefined_value(prepared, metric)));
    };
    let delta = value_b - value_a;
    match metric {
        Metric::Row(RowMetric::Auc) => Ok(auc_difference(prepared, (a, b), delta)),
        Metric::Row(row) => Ok(row_difference(prepared, (a, b), row, delta)),
        Metric::Ranking(ranking) => ranking_difference(prepared, (a, b), ranking, delta, progress),
    }
}

fn undefined_value(prepared: &Prepared<'_>, metric: Metric) -> Bilingual {
    let (en, zh) = match metric {
        Metric::Ranking(_) if prepared.rows.codes.is_none() => {
            ("ranking metrics need a group column", "排序指标需要分组列")
        }
        Metric::Ranking(_) => ("no group defines this metric", "没有组能定义该指标"),
        Metric::Row(row) if row.needs_probability() => (
            "the scores of one of the models are not all between 0 and 1",
            "其中一个模型的得分不全在 0 到 1 之间",
        ),
        Metric::Row(_) => (
            "one of the models has no value: a class or every prediction is missing",
            "其中一个模型无定义：缺少某一类样本或没有正预测",
        ),
    };
    Bilingual::new(en, zh)
}

fn auc_difference(prepared: &Prepared<'_>, (a, b): (usize, usize), delta: f64) -> Difference {
    let clustered = prepared.units.are_groups();
    let test = if clustered { Test::DelongClustered } else { Test::Delong };
    let (Some(first), Some(second)) = (&prepared.models[a].components, &prepared.models[b].components) else {
        return Difference::default();
    };
    let contrast: Vec<f64> = second.value.iter().zip(&first.value).map(|(b, a)| b - a).collect();
    if contrast.iter().all(|&value| value == 0.0) {
        return Difference::none(test);
    }
    let groups = prepared.units.of_row.as_deref();
    let variance = contrast_variance(&prepared.rows.labels, &contrast, groups).filter(|&variance| variance > 0.0);
    let Some(standard_error) = variance.map(f64::sqrt) else {
        return Difference {
            delta: Some(delta),
            undefined: Some(Bilingual::new(
                "too few rows of a class, or no spread: the variance of the difference is undefined",
                "某一类的行太少或没有离散：差值的方差无定义",
            )),
            ..Difference::default()
        };
    };
    let half = normal_quantile(1.0 - prepared.config.alpha / 2.0) * standard_error;
    Difference {
        delta: Some(delta),
        interval: Some([(delta - half).max(-1.0), (delta + half).min(1.0)]),
        p_value: Some(normal_p_value(delta / standard_error)),
        test: Some(test),
        standard_error: Some(standard_error),
        ..Difference::default()
    }
}

fn row_difference(prepared: &Prepared<'_>, (a, b): (usize, usize), metric: RowMetric, delta: f64) -> Difference {
    let mut found = bootstrap_difference(prepared, (a, b), Metric::Row(metric), delta);
    if metric != RowMetric::Accuracy {
        return found;
    }
    let outcome = discordant_rows(prepared, (a, b));
    let mcnemar = mcnemar_p_value(outcome.a_better, outcome.b_better);
    found.win_tie_loss = Some(outcome);
    if outcome.a_better > 0 {
        found.effect_size = Some(EffectSize {
            name: "discordant_odds".to_owned(),
            value: outcome.b_better as f64 / outcome.a_better as f64,
        });
    }
    if prepared.units.are_groups() {
        // McNemar takes rows as independent, which rows of one group are not: it is only the second opinion.
        found.cross_check = Some(CrossCheck {
            test: Test::McnemarExact,
            p_value: mcnemar,
        });
    } else {
        found.cross_check = found.p_value.map(|p_value| CrossCheck {
            test: Test::PairedBootstrap,
            p_value,
        });
        found.p_value = Some(mcnemar);
        found.test = Some(Test::McnemarExact);
        found.undefined = None;
    }
    found
}

/// Rows only one model predicts correctly, each at its own threshold.
fn discordant_rows(prepared: &Prepared<'_>, (a, b): (usize, usize)) -> WinTieLoss {
    let correct = |model: usize, row: usize| {
        let predicted = prepared.models[model]
            .threshold
            .is_some_and(|threshold| prepared.rows.scores[model][row] >= threshold);
        predicted == prepared.rows.labels[row]
    };
    let mut outcome = WinTieLoss::default();
    for row in 0..prepared.rows.labels.len() {
        match (correct(a, row), correct(b, row)) {
            (true, false) => outcome.a_better += 1,
            (false, true) => outcome.b_better += 1,
            _ => outcome.equal += 1,
        }
    }
    outcome
}

/// Interval, standard error and p-value from the resamples all models share.
fn bootstrap_difference(prepared: &Prepared<'_>, (a, b): (usize, usize), metric: Metric, delta: f64) -> Difference {
    let replicates = match metric {
        Metric::Row(_) => &prepared.row_replicates,
        Metric::Ranking(_) => &prepared.group_replicates,
    };
    let columns = prepared
        .replicate_column(a, metric)
        .zip(prepared.replicate_column(b, metric));
    let Some((column_a, column_b)) = columns else {
        return Difference::default();
    };
    let sample = replicates.derive(|values| values[column_b] - values[column_a]);
    let all_equal = |values: &[f64]| !values.is_empty() && values.iter().all(|&value| value == 0.0);
    if delta == 0.0 && all_equal(&sample.boot) && all_equal(&sample.jackknife) {
        return Difference::none(Test::PairedBootstrap);
    }
    let standard_error = sample.standard_error();
    let interval = sample.bca(delta, prepared.config.alpha);
    let p_value = sample
        .p_value_of_zero()
        .map(|p| beyond_resamples(p, &sample.boot, delta, standard_error));
    Difference {
        delta: Some(delta),
        interval: interval.ok(),
        p_value: p_value.ok(),
        test: p_value.is_ok().then_some(Test::PairedBootstrap),
        standard_error,
        undefined: p_value.err().map(|why| why.reason()),
        ..Difference::default()
    }
}

/// Where no resample reaches 0 the count only says "below 2 / (B + 1)", which many comparisons would turn into
/// nothing after adjustment; the normal tail with the bootstrap's standard error then tells how far below.
fn beyond_resamples(p: f64, boot: &[f64], delta: f64, standard_error: Option<f64>) -> f64 {
    let defined = boot.iter().filter(|value| value.is_finite()).count();
    let smallest = 2.0 / (defined + 1) as f64;
    match standard_error.filter(|&error| error > 0.0) {
        Some(error) if p <= smallest => p.min(normal_p_value(delta / error)),
        _ => p,
    }
}

fn ranking_difference(
    prepared: &Prepared<'_>,
    (a, b): (usize, usize),
    metric: RankingMetric,
    delta: f64,
    progress: &Progress,
) -> Result<Difference, Cancelled> {
    let Some(groups) = GroupDifferences::of(prepared, (a, b), metric) else {
        return Ok(Difference::default());
    };
    let patterns = Patterns {
        limit: prepared.config.permutations,
        seed: prepared.config.seed,
        stream: SIGN_STREAM,
    };
    let (p_value, test) = randomisation_p_value(&groups.contributions(), patterns, progress)?;
    let mut found = bootstrap_difference(prepared, (a, b), Metric::Ranking(metric), delta);
    found.test = Some(test);
    found.p_value = Some(p_value);
    found.undefined = None;
    let used = groups.used();
    found.cross_check = t_test_p_value(&used).map(|p_value| CrossCheck {
        test: Test::PairedT,
        p_value,
    });
    found.effect_size = mean_and_deviation(&used)
        .filter(|&(_, deviation)| deviation > 0.0)
        .map(|(mean, deviation)| EffectSize {
            name: "cohen_dz".to_owned(),
            value: mean / deviation,
        });
    let better = |sign: f64| used.iter().filter(|&&value| value * sign > 0.0).count() as u64;
    let (b_better, a_better) = (better(1.0), better(-1.0));
    found.win_tie_loss = Some(WinTieLoss {
        b_better,
        equal: used.len() as u64 - b_better - a_better,
        a_better,
    });
    Ok(found)
}

/// A metric's difference in each group, with the group's weight in the mean.
struct GroupDifferences<'a> {
    tables: (&'a RankingTable, &'a RankingTable),
    column: usize,
}

impl<'a> GroupDifferences<'a> {
    fn of(prepared: &'a Prepared<'_>, (a, b): (usize, usize), metric: RankingMetric) -> Option<Self> {
        let tables = (
            prepared.models[a].ranking.as_ref()?,
            prepared.models[b].ranking.as_ref()?,
        );
        let column = prepared.models[a].ranking_column(metric)?;
        Some(Self { tables, column })
    }

    /// (group position, difference, weight) of the groups that define the metric.
    fn iter(&self) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
        let (a, b) = self.tables;
        (0..a.num_groups())
            .map(move |group| {
                let delta = b.value(group, self.column) - a.value(group, self.column);
                (group, delta, a.weight(group, self.column))
            })
            .filter(|&(_, _, weight)| weight > 0.0)
    }

    fn used(&self) -> Vec<f64> {
        self.iter().map(|(_, delta, _)| delta).collect()
    }

    fn contributions(&self) -> Vec<f64> {
        self.iter().map(|(_, delta, weight)| delta * weight).collect()
    }
}

/// The groups on which the two models differ most: those `b` wins first, then those `a` wins.
pub(super) fn largest_changes(
    prepared: &Prepared<'_>,
    (a, b): (usize, usize),
    metric: RankingMetric,
    names: Codes<'_>,
) -> Vec<GroupChange> {
    let Some(groups) = GroupDifferences::of(prepared, (a, b), metric) else {
        return Vec::new();
    };
    let (table_a, table_b) = groups.tables;
    let mut ranked: Vec<(usize, f64)> = groups.iter().map(|(group, delta, _)| (group, delta)).collect();
    ranked.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    let gains = ranked.iter().filter(|(_, delta)| *delta > 0.0).take(MAX_CHANGES);
    let losses = ranked.iter().rev().filter(|(_, delta)| *delta < 0.0).take(MAX_CHANGES);
    gains
        .chain(losses)
        .map(|&(group, delta)| GroupChange {
            group: names.name(table_a.groups[group]).to_owned(),
            value_a: table_a.value(group, groups.column),
            value_b: table_b.value(group, groups.column),
            delta,
        })
        .collect()
}

/// Names a difference; the adjusted p-value and the verdict follow when all are known.
pub(super) fn pair_result(
    prepared: &Prepared<'_>,
    (a, b): (usize, usize),
    names: (&str, &str),
    metric: Metric,
    found: Difference,
) -> PairResult {
    let config = prepared.config;
    let z = normal_quantile(1.0 - config.alpha / 2.0) + normal_quantile(config.power);
    PairResult {
        a: names.0.to_owned(),
        b: names.1.to_owned(),
        metric,
        value_a: prepared.models[a].value(metric),
        value_b: prepared.models[b].value(metric),
        delta: found.delta,
        interval: found.interval,
        p_value: found.p_value,
        p_adjusted: None,
        test: found.test,
        higher_is_better: metric.higher_is_better(),
        better: None,
        standard_error: found.standard_error,
        smallest_detectable: found.standard_error.filter(|&error| error > 0.0).map(|error| z * error),
        effect_size: found.effect_size,
        cross_check: found.cross_check,
        win_tie_loss: found.win_tie_loss,
        largest_changes: Vec::new(),
        undefined: found.undefined,
        verdict: Bilingual::default(),
    }
}
