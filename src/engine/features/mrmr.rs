//! Minimum redundancy, maximum relevance: the order in which features add something new.

use super::score::mutual_information_between;
use rayon::prelude::*;

/// A feature's bins over the training rows.
pub struct Binned<'a> {
    pub bins: &'a [u16],
    pub num_bins: usize,
    /// Mutual information with the label.
    pub relevance: f64,
}

/// Peng, Long, Ding (2005), difference form (MID): first the most relevant feature, then each time the one with the
/// greatest relevance minus mean mutual information with those already taken. Ties go to the lower index.
/// Returns the rank (1 = first) of each feature.
pub fn mrmr_ranks(features: &[Binned<'_>]) -> Vec<u32> {
    let mut ranks = vec![0u32; features.len()];
    let mut redundancy = vec![0.0; features.len()];
    for taken in 0..features.len() {
        let worth = |index: usize| match taken {
            0 => features[index].relevance,
            _ => features[index].relevance - redundancy[index] / taken as f64,
        };
        let open = (0..features.len()).filter(|&index| ranks[index] == 0);
        let Some(best) = open.max_by(|&a, &b| worth(a).total_cmp(&worth(b)).then(b.cmp(&a))) else {
            break;
        };
        ranks[best] = taken as u32 + 1;
        let chosen = &features[best];
        let added: Vec<f64> = features
            .par_iter()
            .enumerate()
            .map(|(index, other)| match ranks[index] {
                0 => mutual_information_between(chosen.bins, chosen.num_bins, other.bins, other.num_bins),
                _ => 0.0,
            })
            .collect();
        redundancy.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::features::score::{contingency, mutual_information};

    #[test]
    fn a_copy_of_the_best_feature_comes_after_a_weaker_but_new_one() {
        // label = a and b mostly; copy = a.
        let a: Vec<u16> = (0..400).map(|i| u16::from(i % 2 == 0)).collect();
        let b: Vec<u16> = (0..400).map(|i| u16::from(i / 2 % 2 == 0)).collect();
        let noise: Vec<u16> = (0..400).map(|i| u16::from(i / 4 % 2 == 0)).collect();
        let labels: Vec<bool> = (0..400).map(|i| a[i] == 1 && (b[i] == 1 || i % 5 == 0)).collect();
        let features = [&a, &a, &b, &noise];
        let binned: Vec<Binned<'_>> = features
            .iter()
            .map(|bins| Binned {
                bins,
                num_bins: 2,
                relevance: mutual_information(&contingency(bins, &labels, 2)).expect("two classes"),
            })
            .collect();
        let ranks = mrmr_ranks(&binned);
        assert_eq!(ranks[0], 1);
        assert_eq!(ranks[2], 2);
        assert_eq!(ranks[1], 4, "the copy adds nothing: {ranks:?}");
        assert!(mrmr_ranks(&[]).is_empty());
    }
}
