//! Scoring and choosing features: columns of values + labels → one report a feature.
//!
//! Invariant: relevance is computed on the training rows alone; the test rows serve only the stability index.

use super::binning::{CategoryBins, NumericBins};
use super::mrmr::{Binned, mrmr_ranks};
use super::score::{
    binned_auc, chi_square, contingency, information_value, mutual_information, population_stability,
    single_feature_auc,
};
use crate::engine::artifact::Bilingual;
use crate::engine::progress::{Cancelled, Progress};
use hashbrown::HashMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A single feature that ranks positives this well knows the answer.
pub const LEAK_AUC: f64 = 0.95;
/// Values of a categorical feature that are shown.
const SHOWN_VALUES: usize = 12;
/// Bars of a histogram.
const HISTOGRAM_BINS: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    Numeric,
    Categorical,
    Text,
}

/// The values of a feature for some rows; missing is not-a-number or `None`.
pub enum Values {
    Numeric(Vec<f64>),
    Categorical(Vec<Option<String>>),
}

impl Values {
    pub fn kind(&self) -> FeatureKind {
        match self {
            Self::Numeric(_) => FeatureKind::Numeric,
            Self::Categorical(_) => FeatureKind::Categorical,
        }
    }
}

/// A feature's scores. A score that is not defined is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    pub chi2: Option<f64>,
    pub chi2_p: Option<f64>,
    pub chi2_dof: Option<usize>,
    /// In nats.
    pub mutual_info: Option<f64>,
    pub information_value: Option<f64>,
    /// Test rows against training rows.
    pub psi: Option<f64>,
    /// Of the feature alone on the training rows, in its better direction. Categories are ordered by their share of
    /// positives in the same rows, so that many rare ones reach more than they would on other rows.
    pub auc: Option<f64>,
    /// 1 = first; null for a feature with one value.
    pub mrmr_rank: Option<u32>,
    /// Share of training rows without a value.
    pub missing_share: f64,
    /// Distinct bins in use, missing included.
    pub bins: usize,
    pub leak: bool,
    /// Why it is flagged.
    pub leak_reason: Option<Bilingual>,
    pub selected: bool,
    /// Numeric features: equal-width bars between the 1 % and 99 % quantiles, the outer ones open.
    pub histogram: Vec<HistogramBin>,
    /// Categorical features: the most frequent values of the training rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueCount>,
}

/// A value of a categorical feature in the training rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueCount {
    pub value: String,
    pub negatives: u64,
    pub positives: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistogramBin {
    pub lower: f64,
    pub upper: f64,
    pub negatives: u64,
    pub positives: u64,
}

/// Which rows are training rows and which are test rows; others are ignored.
pub struct Rows<'a> {
    pub train: &'a [u32],
    pub test: &'a [u32],
    pub labels: &'a [bool],
}

/// How features are chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SelectConfig {
    /// At most so many, by mRMR rank.
    pub k: usize,
    /// Above this chi-square p-value a feature is not chosen.
    pub max_p_value: f64,
}

impl Default for SelectConfig {
    fn default() -> Self {
        Self {
            k: 16,
            max_p_value: 0.01,
        }
    }
}

struct Fitted {
    bins: Vec<u16>,
    num_bins: usize,
    scores: Scores,
}

/// Scores every feature and marks the chosen ones; the result is in the order of `features`.
pub fn score_features(
    features: &[Values],
    rows: &Rows<'_>,
    config: &SelectConfig,
    progress: &Progress,
) -> Result<Vec<Scores>, Cancelled> {
    progress.phase("scoring features", "评估特征");
    let labels: Vec<bool> = rows.train.iter().map(|&row| rows.labels[row as usize]).collect();
    let mut fitted: Vec<Fitted> = features
        .par_iter()
        .map(|values| {
            progress.check()?;
            Ok(fit(values, rows, &labels))
        })
        .collect::<Result<_, Cancelled>>()?;
    progress.check()?;
    progress.phase("ranking features", "特征排序");
    let ranked: Vec<usize> = (0..fitted.len())
        .filter(|&index| fitted[index].scores.chi2.is_some())
        .collect();
    let binned: Vec<Binned<'_>> = ranked
        .iter()
        .map(|&index| Binned {
            bins: &fitted[index].bins,
            num_bins: fitted[index].num_bins,
            relevance: fitted[index].scores.mutual_info.unwrap_or(0.0),
        })
        .collect();
    let ranks = mrmr_ranks(&binned);
    for (&index, rank) in ranked.iter().zip(ranks) {
        fitted[index].scores.mrmr_rank = Some(rank);
    }
    let mut scores: Vec<Scores> = fitted.into_iter().map(|fitted| fitted.scores).collect();
    choose(&mut scores, config);
    Ok(scores)
}

fn fit(values: &Values, rows: &Rows<'_>, labels: &[bool]) -> Fitted {
    let (train, test, num_bins): (Vec<u16>, Vec<u16>, usize) = match values {
        Values::Numeric(values) => {
            let of = |rows: &[u32]| -> Vec<f64> { rows.iter().map(|&row| values[row as usize]).collect() };
            let bins = NumericBins::fit(of(rows.train).into_iter());
            let look_up = |rows: &[u32]| of(rows).into_iter().map(|v| bins.bin(v)).collect();
            (look_up(rows.train), look_up(rows.test), bins.num_bins() + 1)
        }
        Values::Categorical(values) => {
            let of = |row: u32| values[row as usize].as_deref();
            let bins = CategoryBins::fit(rows.train.iter().filter_map(|&row| of(row)));
            let look_up = |rows: &[u32]| rows.iter().map(|&row| bins.bin(of(row))).collect();
            (look_up(rows.train), look_up(rows.test), bins.num_bins() + 1)
        }
    };
    let table = contingency(&train, labels, num_bins);
    let counts = |bins: &[u16]| {
        let mut counts = vec![0u64; num_bins];
        bins.iter().for_each(|bin| counts[usize::from(*bin)] += 1);
        counts
    };
    let chi2 = chi_square(&table);
    let missing = table.last().map_or(0, |cell| cell[0] + cell[1]);
    let mut scores = Scores {
        chi2: chi2.map(|test| test.statistic),
        chi2_p: chi2.map(|test| test.p_value),
        chi2_dof: chi2.map(|test| test.degrees_of_freedom),
        mutual_info: mutual_information(&table),
        information_value: information_value(&table),
        psi: population_stability(&counts(&train), &counts(&test)),
        missing_share: missing as f64 / labels.len().max(1) as f64,
        bins: table.iter().filter(|cell| cell[0] + cell[1] > 0).count(),
        ..Scores::default()
    };
    match values {
        Values::Numeric(values) => {
            let train: Vec<f64> = rows.train.iter().map(|&row| values[row as usize]).collect();
            scores.auc = single_feature_auc(&train, labels);
            scores.histogram = histogram(&train, labels);
        }
        Values::Categorical(values) => {
            scores.auc = binned_auc(&table);
            scores.values = frequent_values(values, rows.train, labels);
        }
    }
    if let Some(auc) = scores.auc.filter(|auc| *auc > LEAK_AUC) {
        scores.leak = true;
        scores.leak_reason = Some(Bilingual::new(
            format!("alone it separates the classes with AUC {auc:.3}, above {LEAK_AUC}: it probably knows the answer"),
            format!("仅凭该特征 AUC 就达到 {auc:.3}（超过 {LEAK_AUC}），很可能泄漏了标签"),
        ));
    }
    Fitted {
        bins: train,
        num_bins,
        scores,
    }
}

fn choose(scores: &mut [Scores], config: &SelectConfig) {
    let fits = |s: &Scores| !s.leak && s.mrmr_rank.is_some() && s.chi2_p.is_some_and(|p| p <= config.max_p_value);
    let mut order: Vec<usize> = (0..scores.len()).filter(|&index| fits(&scores[index])).collect();
    order.sort_by_key(|&index| scores[index].mrmr_rank);
    for index in order.into_iter().take(config.k) {
        scores[index].selected = true;
    }
}

/// The most frequent values (ties in alphabetical order) with the labels of their training rows.
fn frequent_values(values: &[Option<String>], train: &[u32], labels: &[bool]) -> Vec<ValueCount> {
    let mut counts: HashMap<&str, [u64; 2]> = HashMap::new();
    for (row, label) in train.iter().zip(labels) {
        if let Some(value) = values[*row as usize].as_deref() {
            counts.entry(value).or_default()[usize::from(*label)] += 1;
        }
    }
    let mut ordered: Vec<(&str, [u64; 2])> = counts.into_iter().collect();
    ordered.sort_unstable_by(|(a, [n, p]), (b, [m, q])| (m + q).cmp(&(n + p)).then(a.cmp(b)));
    let count = |(value, [negatives, positives]): (&str, [u64; 2])| ValueCount {
        value: value.to_owned(),
        negatives,
        positives,
    };
    ordered.into_iter().take(SHOWN_VALUES).map(count).collect()
}

fn histogram(values: &[f64], labels: &[bool]) -> Vec<HistogramBin> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let quantile = |q| crate::engine::recipe::quantile_of_sorted(&sorted, q);
    let (Some(low), Some(high)) = (quantile(0.01), quantile(0.99)) else {
        return Vec::new();
    };
    let count = if high > low { HISTOGRAM_BINS } else { 1 };
    let width = if high > low { (high - low) / count as f64 } else { 1.0 };
    let mut bars: Vec<HistogramBin> = (0..count)
        .map(|bar| HistogramBin {
            lower: low + width * bar as f64,
            upper: low + width * (bar + 1) as f64,
            negatives: 0,
            positives: 0,
        })
        .collect();
    for (value, label) in values.iter().zip(labels).filter(|(value, _)| value.is_finite()) {
        let bar = (((value - low) / width).floor().max(0.0) as usize).min(count - 1);
        if *label {
            bars[bar].positives += 1;
        } else {
            bars[bar].negatives += 1;
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(features: &[Values], labels: &[bool], k: usize) -> Vec<Scores> {
        let train: Vec<u32> = (0..labels.len() as u32).collect();
        let rows = Rows {
            train: &train,
            test: &train,
            labels,
        };
        let config = SelectConfig {
            k,
            ..SelectConfig::default()
        };
        score_features(features, &rows, &config, &Progress::new()).expect("not cancelled")
    }

    #[test]
    fn leaks_and_constants_are_never_chosen() {
        let labels: Vec<bool> = (0..300).map(|i| i % 3 == 0).collect();
        let leak = Values::Numeric(labels.iter().map(|l| f64::from(u8::from(*l)) + 0.5).collect());
        let constant = Values::Numeric(vec![1.0; 300]);
        let useful = Values::Numeric(
            (0..300)
                .map(|i| f64::from(u8::from(i % 3 == 0 || i % 7 == 0)))
                .collect(),
        );
        let noise = Values::Numeric((0..300).map(|i| f64::from(i % 2)).collect());
        let category = Values::Categorical(
            (0..300)
                .map(|i| (i % 4 != 0).then(|| format!("c{}", i % 3 + i % 2 * i % 5)))
                .collect(),
        );
        let found = scores(&[leak, constant, useful, noise, category], &labels, 10);
        let selected: Vec<bool> = found.iter().map(|s| s.selected).collect();
        assert_eq!(selected, [false, false, true, false, true]);
        assert!(found[0].leak && found[0].auc == Some(1.0));
        assert_eq!((found[1].chi2, found[1].mrmr_rank), (None, None));
        assert_eq!(found[4].missing_share, 0.25);
        assert_eq!(found[2].psi, Some(0.0));
        let json = serde_json::to_string(&found).expect("plain data");
        assert!(!json.contains("NaN"));
    }

    #[test]
    fn k_limits_the_choice_by_rank() {
        let labels: Vec<bool> = (0..200).map(|i| i % 2 == 0).collect();
        let noisy = |every: usize| {
            Values::Numeric(
                (0..200)
                    .map(|i| f64::from(u8::from((i % 2 == 0) != (i % every == 0))))
                    .collect(),
            )
        };
        let found = scores(&[noisy(3), noisy(9), noisy(7)], &labels, 1);
        assert_eq!(found.iter().filter(|s| s.selected).count(), 1);
        assert_eq!((found[1].mrmr_rank, found[1].selected), (Some(1), true));
    }

    #[test]
    fn histograms_hold_every_present_value() {
        let values: Vec<f64> = (0..1000)
            .map(|i| if i % 10 == 0 { f64::NAN } else { f64::from(i) })
            .collect();
        let labels: Vec<bool> = (0..1000).map(|i| i > 500).collect();
        let bars = histogram(&values, &labels);
        assert_eq!(bars.len(), HISTOGRAM_BINS);
        assert_eq!(bars.iter().map(|b| b.negatives + b.positives).sum::<u64>(), 900);
        assert!(bars[0].positives == 0 && bars[HISTOGRAM_BINS - 1].negatives == 0);
        assert_eq!(histogram(&[2.0, 2.0], &[true, false]).len(), 1);
        assert!(histogram(&[f64::NAN], &[true]).is_empty());
    }
}
