//! Holm's step-down adjustment of p-values (Holm, Scand. J. Statist. 1979).
//!
//! Invariant: an adjusted value is at least the raw one, at most 1, and keeps the order.

/// Adjusted p-values in the given order; `None` stays `None` and does not count.
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut ranked: Vec<(f64, usize)> = p_values
        .iter()
        .enumerate()
        .filter_map(|(at, p)| p.map(|p| (p, at)))
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut adjusted = vec![None; p_values.len()];
    let mut highest: f64 = 0.0;
    for (rank, &(p, at)) in ranked.iter().enumerate() {
        highest = highest.max(((ranked.len() - rank) as f64 * p).min(1.0));
        adjusted[at] = Some(highest);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_r_p_adjust() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") = 0.03 0.06 0.06 0.02
        let adjusted = holm(&[Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)]);
        let expected = [Some(0.03), None, Some(0.06), Some(0.06), Some(0.02)];
        for (adjusted, expected) in adjusted.iter().zip(expected) {
            match (adjusted, expected) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-15, "{a} {b}"),
                (a, b) => assert_eq!(*a, b),
            }
        }
        assert_eq!(holm(&[Some(0.9), Some(0.8)]), [Some(1.0), Some(1.0)]);
        assert!(holm(&[]).is_empty());
    }
}
