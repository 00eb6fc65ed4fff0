//! A histogram of fixed bins, on a logarithmic axis where a linear one would show a single bar.
//!
//! Invariant: bins cover all finite values, so the counts add up to their number.

use super::number::WeightedValues;
use serde::{Deserialize, Serialize};

/// Bins of a histogram; enough to see shape, few enough for a thumbnail.
const BINS: usize = 40;
/// With the median this many times below the maximum, linear bins would hide everything in the first.
const LOG_RATIO: f64 = 50.0;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Ascending, one more than `counts`; the last bin includes its upper edge. Times in seconds since 1970.
    pub edges: Vec<f64>,
    pub counts: Vec<u64>,
    /// Edges are spaced evenly on a logarithmic axis.
    pub log: bool,
}

impl Histogram {
    /// Bins the values; one bin for a constant, `None` without values.
    pub fn of(values: &WeightedValues) -> Option<Self> {
        let (low, high) = (values.values.first()?.0, values.values.last()?.0);
        if low == high {
            return Some(Self {
                edges: vec![low, high],
                counts: vec![values.total],
                log: false,
            });
        }
        let log = low > 0.0 && values.quantile(0.5).is_some_and(|median| high / median > LOG_RATIO);
        let edges = if log {
            log_edges(low, high)
        } else {
            linear_edges(low, high)
        };
        let mut counts = vec![0; edges.len() - 1];
        let mut bin = 0;
        for &(value, count) in &values.values {
            while bin + 1 < counts.len() && value >= edges[bin + 1] {
                bin += 1;
            }
            counts[bin] += count;
        }
        Some(Self { edges, counts, log })
    }

    /// The same histogram in another unit.
    pub fn scaled(mut self, factor: f64) -> Self {
        self.edges.iter_mut().for_each(|edge| *edge *= factor);
        self
    }
}

fn linear_edges(low: f64, high: f64) -> Vec<f64> {
    // Halving first keeps the width of the full f64 range finite.
    let width = high / BINS as f64 - low / BINS as f64;
    let edge = |bin: usize| {
        let plain = low + bin as f64 * width;
        if plain.is_finite() {
            return plain;
        }
        // Many widths together can be beyond the largest number although the edge is not.
        let share = bin as f64 / BINS as f64;
        (low / 2.0 + (high / 2.0 - low / 2.0) * share) * 2.0
    };
    let mut edges: Vec<f64> = (0..BINS).map(|bin| edge(bin).min(high)).collect();
    edges.push(high);
    edges
}

fn log_edges(low: f64, high: f64) -> Vec<f64> {
    let (start, end) = (low.ln(), high.ln());
    let step = (end - start) / BINS as f64;
    let mut edges: Vec<f64> = (1..BINS).map(|bin| (start + bin as f64 * step).exp()).collect();
    edges.insert(0, low);
    edges.push(high);
    edges
}
