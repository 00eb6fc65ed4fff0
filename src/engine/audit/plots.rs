//! Plots several checks share: rows over time, and the distribution of a quantity with its threshold.
//!
//! In: rows or values. Out: `FindingPlot`.
//! Invariant: bins cover every value they are given, except times outside the core of the log.

use super::context::Context;
use super::plot::{FindingPlot, Marks, Scale};
use crate::engine::artifact::Bilingual;

/// Bins of a plot over time.
const TIME_BINS: usize = 60;
/// Below this share the flagged rows would be invisible beside all rows, so they are drawn alone.
const VISIBLE_SHARE: f64 = 0.05;

/// Rows of the whole log in equal bins over its core; computed once an audit.
pub struct TimeBins {
    start: i64,
    width: i64,
    counts: Vec<u64>,
}

impl TimeBins {
    /// `None` if the log has no times or they are all the same.
    pub fn new(context: &Context<'_>) -> Option<Self> {
        let core = context.core_time()?;
        let span = core.end.checked_sub(core.start).filter(|span| *span > 0)?;
        let mut bins = Self {
            start: core.start,
            width: span / TIME_BINS as i64 + 1,
            counts: vec![0; TIME_BINS],
        };
        for &time in context.log.time.as_deref()? {
            if let Some(bin) = bins.bin_of(time) {
                bins.counts[bin] += 1;
            }
        }
        Some(bins)
    }

    fn bin_of(&self, time: i64) -> Option<usize> {
        let offset = time.checked_sub(self.start).filter(|offset| *offset >= 0)?;
        let bin = (offset / self.width) as usize;
        (bin < self.counts.len()).then_some(bin)
    }

    fn edges_secs(&self) -> Vec<f64> {
        (0..=self.counts.len() as i64)
            .map(|bin| (self.start + bin * self.width) as f64 / 1e6)
            .collect()
    }
}

/// When the rows behind a finding happened, beside all rows.
pub fn over_time(context: &Context<'_>, rows: &[u32]) -> Option<FindingPlot> {
    let bins = context.time_bins()?;
    let mut flagged = vec![0.0; bins.counts.len()];
    let mut shown = 0_usize;
    for &row in rows {
        if let Some(bin) = context.time_of(row).and_then(|time| bins.bin_of(time)) {
            flagged[bin] += 1.0;
            shown += 1;
        }
    }
    if shown == 0 {
        return None;
    }
    let all: Vec<f64> = bins.counts.iter().map(|&count| count as f64).collect();
    let alone = (shown as f64) < VISIBLE_SHARE * all.iter().sum::<f64>();
    let title = if alone {
        Bilingual::new("These rows over time", "这些行的时间分布")
    } else {
        Bilingual::new("These rows among all rows over time", "这些行与全部行的时间分布")
    };
    let marks = Marks::Histogram {
        edges: bins.edges_secs(),
        counts: if alone { flagged.clone() } else { all },
        flagged,
    };
    let plot = FindingPlot::new(title, Bilingual::new("time (UTC)", "时间（UTC）"), rows_label(), marks);
    Some(plot.with_scale(Scale::Time))
}

/// How many rows have a defect among those that could have it: what can be drawn without times.
pub fn part_of(odd: u64, of: u64) -> Option<FindingPlot> {
    let fine = of.checked_sub(odd)?;
    let labels = vec![
        Bilingual::new("these rows", "这些行"),
        Bilingual::new("the others", "其余行"),
    ];
    let marks = Marks::Bars {
        labels,
        values: vec![odd as f64, fine as f64],
        flagged: vec![true, false],
    };
    let title = Bilingual::new(
        "These rows among those that could be so",
        "这些行在可能出现该情况的行中",
    );
    Some(FindingPlot::new(title, Bilingual::default(), rows_label(), marks))
}

/// Label of an axis that counts rows.
pub fn rows_label() -> Bilingual {
    Bilingual::new("rows", "行数")
}

/// A histogram of values that are all above 0, in equal steps on a logarithmic axis.
pub fn log_histogram(values: &[f64], is_flagged: impl Fn(f64) -> bool, bins: usize) -> Option<Marks> {
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), &v| (low.min(v), high.max(v)));
    if !(low.is_finite() && low > 0.0 && high > low) {
        return None;
    }
    let step = (high / low).ln() / bins as f64;
    let edges = (0..=bins).map(|bin| low * (step * bin as f64).exp()).collect();
    let (mut counts, mut flagged) = (vec![0.0; bins], vec![0.0; bins]);
    for &value in values {
        let bin = (((value / low).ln() / step) as usize).min(bins - 1);
        counts[bin] += 1.0;
        if is_flagged(value) {
            flagged[bin] += 1.0;
        }
    }
    Some(Marks::Histogram { edges, counts, flagged })
}
