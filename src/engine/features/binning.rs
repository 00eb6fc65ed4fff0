//! Values → bins: what every score of a feature is computed from.
//!
//! Numbers are cut at the training rows' quantiles, categories at their frequency; missing is a bin of its own.
//! Invariant: bins are fixed by the training rows alone; other rows are only looked up.

use hashbrown::HashMap;

/// Quantile bins a number is cut into, at most.
pub const MAX_BINS: usize = 10;
/// Categories with a bin of their own; rarer ones share one.
pub const MAX_CATEGORIES: usize = 50;

/// Where numbers are cut.
#[derive(Clone, Debug, PartialEq)]
pub struct NumericBins {
    /// Ascending upper bounds, inclusive; the last bin is open.
    edges: Vec<f64>,
}

impl NumericBins {
    /// Cuts at the deciles (type 7) of the values; equal deciles merge. With at most `MAX_BINS` distinct values each
    /// value is its own bin.
    pub fn fit(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut edges = distinct_up_to(&sorted, MAX_BINS);
        if edges.is_empty() {
            let at = |bin| crate::engine::recipe::quantile_of_sorted(&sorted, bin as f64 / MAX_BINS as f64);
            edges = (1..=MAX_BINS).filter_map(at).collect();
            edges.dedup();
        }
        edges.pop();
        Self { edges }
    }

    /// Bins of present values; missing is one more.
    pub fn num_bins(&self) -> usize {
        self.edges.len() + 1
    }

    /// The bin of a value; `num_bins()` where it is missing (not a number).
    pub fn bin(&self, value: f64) -> u16 {
        if value.is_nan() {
            return self.num_bins() as u16;
        }
        self.edges.partition_point(|edge| *edge < value) as u16
    }
}

/// The distinct values if there are at most `most`, else nothing.
fn distinct_up_to(sorted: &[f64], most: usize) -> Vec<f64> {
    let mut distinct: Vec<f64> = Vec::new();
    for &value in sorted {
        if distinct.last() != Some(&value) {
            if distinct.len() == most {
                return Vec::new();
            }
            distinct.push(value);
        }
    }
    distinct
}

/// Where categories go.
#[derive(Clone, Debug, Default)]
pub struct CategoryBins {
    bins: HashMap<String, u16>,
    /// True if some category of the training rows has no bin of its own.
    shared: bool,
}

impl CategoryBins {
    /// The most frequent categories (ties in alphabetical order) get a bin each.
    pub fn fit<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
        let mut ordered: Vec<(&str, u64)> = counts.into_iter().collect();
        ordered.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let shared = ordered.len() > MAX_CATEGORIES;
        let bins = ordered.iter().take(MAX_CATEGORIES).enumerate();
        Self {
            bins: bins
                .map(|(bin, (value, _))| ((*value).to_owned(), bin as u16))
                .collect(),
            shared,
        }
    }

    /// Bins of present values: one a kept category, and one for all others.
    pub fn num_bins(&self) -> usize {
        self.bins.len() + 1
    }

    pub fn is_shared(&self) -> bool {
        self.shared
    }

    pub fn bin(&self, value: Option<&str>) -> u16 {
        match value {
            None => self.num_bins() as u16,
            Some(value) => self.bins.get(value).copied().unwrap_or(self.bins.len() as u16),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deciles_cut_like_qcut() {
        // pandas 2: qcut(range(100), 10) has right-closed bins of ten.
        let bins = NumericBins::fit((0..100).map(f64::from));
        assert_eq!(bins.num_bins(), 10);
        let counts = (0..100).fold([0; 10], |mut counts, v| {
            counts[usize::from(bins.bin(f64::from(v)))] += 1;
            counts
        });
        assert_eq!(counts, [10; 10]);
        assert_eq!(bins.bin(f64::NAN), 10);
        assert_eq!((bins.bin(-5.0), bins.bin(1e9)), (0, 9));
    }

    #[test]
    fn few_values_keep_their_own_bins_and_ties_merge_deciles() {
        let flags = NumericBins::fit([0.0, 1.0, 0.0, 0.0].into_iter());
        assert_eq!((flags.num_bins(), flags.bin(0.0), flags.bin(1.0)), (2, 0, 1));
        let mostly_zero = NumericBins::fit((0..100).map(|v| if v < 85 { 0.0 } else { f64::from(v) }));
        assert_eq!(mostly_zero.bin(0.0), 0);
        assert_eq!(mostly_zero.num_bins(), 3);
        assert_eq!(NumericBins::fit(std::iter::empty()).num_bins(), 1);
    }

    #[test]
    fn rare_categories_share_a_bin() {
        let names: Vec<String> = (0..60).map(|i| format!("c{i:02}")).collect();
        let values = names.iter().map(String::as_str).chain(std::iter::repeat_n("c59", 5));
        let bins = CategoryBins::fit(values);
        assert!(bins.is_shared());
        assert_eq!(bins.num_bins(), MAX_CATEGORIES + 1);
        assert_eq!(bins.bin(Some("c59")), 0);
        assert_eq!(bins.bin(Some("c00")), 1);
        assert_eq!(bins.bin(Some("c58")), bins.bin(Some("never seen")));
        assert_eq!(bins.bin(None), 51);
    }
}
