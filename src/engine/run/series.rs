//! A curve that grows: (step, value) points in order of step, cheap to snapshot while it grows.
//!
//! Invariant: steps strictly increase and every value is finite; full blocks are shared between clones.

use std::sync::Arc;

/// (step, value).
pub type Point = [f64; 2];

/// Points of one curve. Cloning copies at most one block; the rest is shared.
#[derive(Clone, Debug, Default)]
pub struct Series {
    sealed: Vec<Arc<[Point]>>,
    tail: Vec<Point>,
}

const BLOCK: usize = 512;

impl Series {
    /// Appends a point. Points at its step or later belong to an attempt given up and go;
    /// a value that is not finite is refused (false) and still voids those.
    pub fn push(&mut self, step: u64, value: f64) -> bool {
        if self.last().is_some_and(|[last, _]| last >= step as f64) {
            self.keep_before(step as f64);
        }
        if !value.is_finite() {
            return false;
        }
        self.tail.push([step as f64, value]);
        if self.tail.len() == BLOCK {
            self.sealed.push(Arc::from(std::mem::take(&mut self.tail)));
        }
        true
    }

    /// Drops the points after `step`.
    pub fn keep_up_to(&mut self, step: u64) {
        // Steps are whole numbers below 2^53, so "after" and "from the next on" are the same.
        self.keep_before(step as f64 + 1.0);
    }

    pub fn len(&self) -> usize {
        self.sealed.len() * BLOCK + self.tail.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn last(&self) -> Option<Point> {
        self.tail
            .last()
            .or_else(|| self.sealed.last().and_then(|block| block.last()))
            .copied()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Point> + '_ {
        self.sealed
            .iter()
            .flat_map(|block| block.iter())
            .chain(self.tail.iter())
            .copied()
    }

    /// At most about `max_points` points that keep every extreme: the lowest and the highest of each of
    /// `max_points / 2` equal stretches of the curve, in order of step. All points when they are few enough.
    pub fn decimated(&self, max_points: usize) -> Vec<Point> {
        decimate(self.iter(), self.len(), max_points)
    }

    fn keep_before(&mut self, step: f64) {
        let inside = |points: &[Point]| points.partition_point(|[at, _]| *at < step);
        if self.tail.first().is_some_and(|[first, _]| *first < step) {
            self.tail.truncate(inside(&self.tail));
            return;
        }
        self.tail.clear();
        while let Some(block) = self.sealed.pop() {
            if block.first().is_some_and(|[first, _]| *first < step) {
                let kept = inside(&block);
                if kept == block.len() {
                    self.sealed.push(block);
                } else {
                    self.tail.extend_from_slice(&block[..kept]);
                }
                return;
            }
        }
    }
}

impl PartialEq for Series {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

/// Exponential moving average, bias-corrected so that it starts at the first value
/// (Kingma & Ba 2015, §3): `m_t = w·m_{t-1} + (1-w)·x_t`, shown as `m_t / (1 - w^t)`. `weight` 0 = no smoothing.
pub fn smoothed(points: impl Iterator<Item = Point>, weight: f64) -> Vec<Point> {
    let weight = weight.clamp(0.0, 0.999_999);
    let (mut mean, mut scale) = (0.0, 1.0);
    points
        .map(|[step, value]| {
            mean = weight * mean + (1.0 - weight) * value;
            scale *= weight;
            [step, mean / (1.0 - scale)]
        })
        .collect()
}

/// See [`Series::decimated`].
pub fn decimate(points: impl Iterator<Item = Point>, len: usize, max_points: usize) -> Vec<Point> {
    let stretches = (max_points / 2).max(1);
    if len <= stretches * 2 {
        return points.collect();
    }
    let mut out = Vec::with_capacity(stretches * 2);
    let mut current: Option<(usize, Point, Point)> = None;
    for (index, point) in points.enumerate() {
        let stretch = index * stretches / len;
        current = Some(match current {
            Some((at, low, high)) if at == stretch => (
                at,
                if point[1] < low[1] { point } else { low },
                if point[1] > high[1] { point } else { high },
            ),
            previous => {
                flush(previous, &mut out);
                (stretch, point, point)
            }
        });
    }
    flush(current, &mut out);
    out
}

/// The points of `points` (x ascending) that `columns` columns of a picture from `from` to `to` need: the lowest and the
/// highest of each column, and the neighbours outside, so that lines reach the edges.
pub fn decimate_span(points: &[Point], (from, to): (f64, f64), columns: usize) -> Vec<Point> {
    let start = points.partition_point(|[x, _]| *x < from).saturating_sub(1);
    let end = (points.partition_point(|[x, _]| *x <= to) + 1).min(points.len());
    let seen = &points[start..end.max(start)];
    let columns = columns.max(1);
    let width = (to - from) / columns as f64;
    if seen.len() <= 2 * columns || width.is_nan() || width <= 0.0 {
        return seen.to_vec();
    }
    let mut out = Vec::with_capacity(2 * columns + 4);
    let mut current: Option<(i64, Point, Point)> = None;
    for &point in seen {
        let column = ((point[0] - from) / width).floor() as i64;
        current = Some(match current {
            Some((at, low, high)) if at == column => (
                at,
                if point[1] < low[1] { point } else { low },
                if point[1] > high[1] { point } else { high },
            ),
            previous => {
                flush(previous.map(|(_, low, high)| (0, low, high)), &mut out);
                (column, point, point)
            }
        });
    }
    flush(current.map(|(_, low, high)| (0, low, high)), &mut out);
    out
}

fn flush(stretch: Option<(usize, Point, Point)>, out: &mut Vec<Point>) {
    let Some((_, low, high)) = stretch else { return };
    let (first, second) = if low[0] <= high[0] { (low, high) } else { (high, low) };
    out.push(first);
    if second[0] > first[0] {
        out.push(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_span_keeps_the_extremes_of_its_columns_and_reaches_the_edges() {
        let points: Vec<Point> = (0..10_000)
            .map(|x| [f64::from(x), if x == 5_432 { 9.0 } else { f64::from(x % 7) }])
            .collect();
        let thin = decimate_span(&points, (5_000.0, 6_000.0), 50);
        assert!(thin.len() <= 104, "{}", thin.len());
        assert!(thin.contains(&[5_432.0, 9.0]));
        assert!(thin[0][0] < 5_000.0 && thin[thin.len() - 1][0] > 6_000.0);
        assert!(thin.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        assert_eq!(
            decimate_span(&points, (100.0, 103.0), 50).len(),
            6,
            "few points stay as they are"
        );
        assert_eq!(decimate_span(&points, (20_000.0, 30_000.0), 50).len(), 1);
        assert_eq!(decimate_span(&[], (0.0, 1.0), 50), [[0.0; 2]; 0]);
    }

    proptest! {
        /// Against the obvious implementation: one vector, filtered.
        #[test]
        fn behaves_like_a_filtered_vector(
            actions in proptest::collection::vec((0_u64..3000, 0_u8..20, 1_u64..400), 1..60)
        ) {
            let mut series = Series::default();
            let mut plain: Vec<Point> = Vec::new();
            let mut snapshots: Vec<(Series, Vec<Point>)> = Vec::new();
            for (step, kind, run) in actions {
                if kind == 0 {
                    series.keep_up_to(step);
                    plain.retain(|point| point[0] <= step as f64);
                } else {
                    for at in step..step + run {
                        let value = if at % 97 == 0 { f64::NAN } else { (at * 31 % 17) as f64 };
                        series.push(at, value);
                        plain.retain(|point| point[0] < at as f64);
                        if value.is_finite() {
                            plain.push([at as f64, value]);
                        }
                    }
                }
                prop_assert_eq!(series.len(), plain.len());
                prop_assert!(series.iter().eq(plain.iter().copied()));
                prop_assert_eq!(series.last(), plain.last().copied());
                snapshots.push((series.clone(), plain.clone()));
            }
            for (snapshot, expected) in snapshots {
                prop_assert!(snapshot.iter().eq(expected.iter().copied()), "a snapshot changed later");
            }
        }

        #[test]
        fn decimation_keeps_extremes_and_order(values in proptest::collection::vec(-1e6_f64..1e6, 1..2000), max in 2_usize..200) {
            let points = values.iter().enumerate().map(|(i, v)| [i as f64, *v]);
            let out = decimate(points, values.len(), max);
            prop_assert!(out.len() <= max.max(2));
            prop_assert!(out.windows(2).all(|w| w[0][0] < w[1][0]));
            let extremes = |all: &mut dyn Iterator<Item = f64>| {
                all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
            };
            prop_assert_eq!(
                extremes(&mut out.iter().map(|p| p[1])),
                extremes(&mut values.iter().copied())
            );
        }
    }

    #[test]
    fn smoothing_starts_at_the_first_value_and_keeps_a_constant() {
        let constant = (0..50).map(|step| [f64::from(step), 2.5]);
        assert!(smoothed(constant, 0.9).iter().all(|[_, v]| (v - 2.5).abs() < 1e-12));
        let out = smoothed([[0.0, 1.0], [1.0, 3.0]].into_iter(), 0.9);
        // (0.9·0.1·1 + 0.1·3) / (1 - 0.81) = 0.39 / 0.19
        assert!((out[0][1] - 1.0).abs() < 1e-12);
        assert!((out[1][1] - 0.39 / 0.19).abs() < 1e-12);
        let raw = smoothed([[0.0, 1.0], [1.0, 3.0]].into_iter(), 0.0);
        assert_eq!(raw, [[0.0, 1.0], [1.0, 3.0]]);
    }
}
