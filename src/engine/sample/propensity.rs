//! How well the best possible model could do: AUC of the probabilities the sample was drawn from.
//!
//! Invariant: bounded memory; the AUC is exact up to ties within 1/256 of a log-odds unit, which get half credit.

use super::visit::Odds;
use serde::{Deserialize, Serialize};

const BINS: usize = 6144;
const LOWEST: f64 = -16.0;
const PER_UNIT: f64 = 256.0;

/// AUC of a known score against what was drawn from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownAuc {
    /// `view_to_click` or `view_to_purchase`: does the view lead to this event in the same session?
    pub label: String,
    /// Views drawn.
    pub rows: u64,
    pub positives: u64,
    /// AUC of the true probability: the ceiling for any model.
    pub propensity_auc: Option<f64>,
    /// AUC of the part of the log-odds that query and title determine: the ceiling for a model of the text.
    pub text_auc: Option<f64>,
}

struct Curve(Vec<[u64; 2]>);

impl Curve {
    fn new() -> Self {
        Self(vec![[0; 2]; BINS])
    }

    fn add(&mut self, log_odds: f64, label: bool) {
        let bin = ((log_odds - LOWEST) * PER_UNIT).clamp(0.0, (BINS - 1) as f64) as usize;
        self.0[bin][usize::from(label)] += 1;
    }

    /// Mann–Whitney: share of (positive, negative) pairs in the right order, ties one half.
    fn auc(&self) -> Option<f64> {
        let (mut below, mut won, mut positives) = (0u64, 0.0f64, 0u64);
        for &[negative, positive] in &self.0 {
            won += positive as f64 * (below as f64 + 0.5 * negative as f64);
            below += negative;
            positives += positive;
        }
        (positives > 0 && below > 0).then(|| won / (positives as f64 * below as f64))
    }

    fn positives(&self) -> u64 {
        self.0.iter().map(|bin| bin[1]).sum()
    }
}

pub(super) struct Propensities {
    rows: u64,
    /// Click and purchase: by the whole probability, by the text alone.
    curves: [[Curve; 2]; 2],
}

impl Propensities {
    pub(super) fn new() -> Self {
        Self {
            rows: 0,
            curves: [[Curve::new(), Curve::new()], [Curve::new(), Curve::new()]],
        }
    }

    pub(super) fn record(&mut self, odds: &Odds, click: bool, purchase: bool) {
        self.rows += 1;
        let bought = odds.purchase();
        let [by_click, by_purchase] = &mut self.curves;
        by_click[0].add(odds.click_log_odds(), click);
        by_click[1].add(odds.text, click);
        by_purchase[0].add((bought / (1.0 - bought)).ln(), purchase);
        by_purchase[1].add(odds.text, purchase);
    }

    pub(super) fn summary(&self) -> Vec<KnownAuc> {
        let labels = ["view_to_click", "view_to_purchase"];
        let known = labels
            .into_iter()
            .zip(&self.curves)
            .map(|(label, [whole, text])| KnownAuc {
                label: label.to_owned(),
                rows: self.rows,
                positives: whole.positives(),
                propensity_auc: whole.auc(),
                text_auc: text.auc(),
            });
        known.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_of_the_binned_curve_matches_pair_counting() {
        let points = [
            (-2.0, false),
            (-1.0, true),
            (0.0, false),
            (0.0, true),
            (0.5, true),
            (1.0, false),
        ];
        let mut curve = Curve::new();
        let mut won = 0.0;
        for &(a, positive) in &points {
            curve.add(a, positive);
            for &(b, _) in points.iter().filter(|(_, other)| positive && !other) {
                won += if a > b {
                    1.0
                } else if a == b {
                    0.5
                } else {
                    0.0
                };
            }
        }
        assert_eq!(curve.auc(), Some(won / 9.0));
        assert_eq!(Curve::new().auc(), None);
    }
}
