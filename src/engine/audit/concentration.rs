//! How unevenly events are spread over items or users: Lorenz curve, Gini coefficient, share of the head.
//!
//! In: events of each item (or user). Out: `Concentration`.
//! Source: Gini (1914) in the form of Dorfman (1979), G = Σ (2i − n − 1)·x₍ᵢ₎ / (n·Σx) with x ascending.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concentration {
    /// Items (or users) with at least one event.
    pub num: u64,
    pub events: u64,
    /// 0 = all alike, near 1 = one has everything.
    pub gini: f64,
    /// How many belong to the head, and which share of events it holds.
    pub head_num: u64,
    pub head_share: f64,
    /// Events of the head.
    #[serde(default)]
    pub head_events: u64,
    pub median_events: u64,
    pub max_events: u64,
    /// Those with exactly one event.
    pub singles: u64,
    /// Cumulative share of items from the least to the most frequent, cumulative share of events; at most 101 points.
    pub lorenz: Vec<[f64; 2]>,
}

impl Concentration {
    /// `None` without events. The head is the most frequent `head_share_of_items`, at least one.
    pub fn of(counts: &[u32], head_share_of_items: f64) -> Option<Self> {
        let mut sorted: Vec<u32> = counts.iter().copied().filter(|&count| count > 0).collect();
        sorted.sort_unstable();
        let (&max, n) = (sorted.last()?, sorted.len());
        let events: u64 = sorted.iter().map(|&count| u64::from(count)).sum();
        let weighted: i128 = sorted
            .iter()
            .enumerate()
            .map(|(place, &count)| (2 * (place as i128 + 1) - n as i128 - 1) * i128::from(count))
            .sum();
        let head_num = ((n as f64 * head_share_of_items).ceil() as usize).clamp(1, n);
        let head: u64 = sorted[n - head_num..].iter().map(|&count| u64::from(count)).sum();
        Some(Self {
            num: n as u64,
            events,
            gini: weighted as f64 / (n as f64 * events as f64),
            head_num: head_num as u64,
            head_share: head as f64 / events as f64,
            head_events: head,
            median_events: u64::from(sorted[(n - 1) / 2]),
            max_events: u64::from(max),
            singles: sorted.partition_point(|&count| count == 1) as u64,
            lorenz: lorenz(&sorted, events),
        })
    }
}

fn lorenz(sorted: &[u32], events: u64) -> Vec<[f64; 2]> {
    const POINTS: usize = 100;
    let n = sorted.len();
    let mut out = vec![[0.0, 0.0]];
    let (mut passed, mut done) = (0_u64, 0_usize);
    for point in 1..=POINTS.min(n) {
        let until = n * point / POINTS.min(n);
        passed += sorted[done..until].iter().map(|&count| u64::from(count)).sum::<u64>();
        done = until;
        out.push([until as f64 / n as f64, passed as f64 / events as f64]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_computed_cases() {
        let even = Concentration::of(&[5, 5, 5, 5], 0.01).expect("has events");
        assert_eq!((even.gini, even.head_num, even.head_share), (0.0, 1, 0.25));
        // Incomes 1, 2, 3, 4: Gini 0.25.
        let steps = Concentration::of(&[4, 1, 3, 2, 0], 0.5).expect("has events");
        assert!((steps.gini - 0.25).abs() < 1e-12);
        assert_eq!((steps.head_share, steps.median_events, steps.singles), (0.7, 2, 1));
        assert_eq!(
            steps.lorenz,
            [[0.0, 0.0], [0.25, 0.1], [0.5, 0.3], [0.75, 0.6], [1.0, 1.0]]
        );
        let one = Concentration::of(&[0, 0, 9], 0.01).expect("has events");
        assert_eq!((one.gini, one.num), (0.0, 1));
        assert_eq!(Concentration::of(&[0], 0.01), None);
    }
}
