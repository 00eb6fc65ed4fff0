//! The values of a column with the odd ones marked: what convinces where a defect lies in the cells themselves.
//!
//! In: a column and how many odd rows each distinct value has. Out: a histogram for numbers and times, bars for texts.
//! Invariant: every finite number is in a bin; texts are masked as in sentences.

use super::cells::Cells;
use super::context::ColumnContext;
use super::odd_cells::sample;
use super::plot::{FindingPlot, Marks, Scale};
use super::plots::rows_label;
use crate::engine::artifact::Bilingual;
use std::cmp::Reverse;
use std::collections::HashMap;

const BINS: usize = 48;
/// From this ratio of the largest to the smallest value on, equal steps would show a single bar.
const LOG_RATIO: f64 = 1_000.0;
/// Odd bars lower than this share of the tallest bar cannot be seen, so heights are drawn on a logarithmic scale.
const VISIBLE: f64 = 0.02;
/// Bars of odd texts, and of ordinary ones beside them.
const ODD_BARS: usize = 8;
const ORDINARY_BARS: usize = 4;
/// Ordinary texts are shown beside odd ones only where a column has few: those of long lists say nothing.
const FEW_TEXTS: usize = 200;

/// Codes of distinct values and rows of each.
type Counted = Vec<(usize, u32)>;

/// The values of a column, `odd` rows of each marked; `None` where a plot would show nothing.
pub fn values_plot(column: &ColumnContext<'_>, odd: &[u32]) -> Option<FindingPlot> {
    match column.cells {
        Cells::Text(_) | Cells::Coded(_) => texts_plot(column, odd),
        Cells::Integer(_) | Cells::Float(_) | Cells::Time(_) => numbers_plot(column, odd),
        Cells::Boolean(_) => None,
    }
}

/// The texts that could not be read, most frequent first.
pub fn raw_plot(column: &str, cells: &[(u32, &str)]) -> Option<FindingPlot> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for (_, raw) in cells {
        *counts.entry(raw).or_default() += 1;
    }
    let mut counts: Vec<(&str, u32)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|&(raw, count)| (Reverse(count), raw));
    let bars = counts.iter().take(ODD_BARS).map(|&(raw, count)| (raw, count, true));
    text_bars(column, bars.collect())
}

fn texts_plot(column: &ColumnContext<'_>, odd: &[u32]) -> Option<FindingPlot> {
    let counts = odd.iter().zip(&column.distinct.counts).enumerate();
    let (mut odd_ones, mut ordinary) = (Counted::new(), Counted::new());
    for (code, (&odd, &all)) in counts {
        if odd > 0 {
            odd_ones.push((code, odd));
        } else {
            ordinary.push((code, all));
        }
    }
    // Texts that stand once each are better read than counted.
    odd_ones.iter().find(|(_, count)| *count > 1)?;
    let of_few = if column.distinct.num_values() <= FEW_TEXTS {
        ordinary
    } else {
        Vec::new()
    };
    let most = |mut counted: Counted, bars: usize, is_odd: bool| {
        counted.sort_unstable_by_key(|&(code, count)| (Reverse(count), code));
        counted.truncate(bars);
        let text = |code: usize| {
            column
                .cells
                .text(column.distinct.first_row[code] as usize)
                .unwrap_or_default()
        };
        counted
            .into_iter()
            .map(move |(code, count)| (text(code), count, is_odd))
            .collect::<Vec<_>>()
    };
    let mut bars = most(odd_ones, ODD_BARS, true);
    bars.extend(most(of_few, ORDINARY_BARS, false));
    text_bars(&column.info.name, bars)
}

fn text_bars(column: &str, bars: Vec<(&str, u32, bool)>) -> Option<FindingPlot> {
    if bars.is_empty() {
        return None;
    }
    let bars = bars
        .into_iter()
        .map(|(text, count, is_odd)| (sample(text), f64::from(count), is_odd));
    let title = Bilingual::new(
        format!("Most frequent values of {column}, the odd ones marked"),
        format!("{column} 最常见的值（异常值已标出）"),
    );
    Some(FindingPlot::bars(
        title,
        Bilingual::new(column, column),
        rows_label(),
        bars.collect(),
    ))
}

fn numbers_plot(column: &ColumnContext<'_>, odd: &[u32]) -> Option<FindingPlot> {
    let unit = if matches!(column.cells, Cells::Time(_)) {
        1e-6
    } else {
        1.0
    };
    let distinct = &column.distinct;
    let mut values: Vec<(f64, f64, f64)> = Vec::with_capacity(odd.len());
    for ((&row, &all), &odd) in distinct.first_row.iter().zip(&distinct.counts).zip(odd) {
        let number = column.cells.number(row as usize).map(|value| value * unit);
        if let Some(value) = number.filter(|value| value.is_finite()) {
            values.push((value, f64::from(all), f64::from(odd)));
        }
    }
    let low = values.iter().map(|value| value.0).fold(f64::INFINITY, f64::min);
    let high = values.iter().map(|value| value.0).fold(f64::NEG_INFINITY, f64::max);
    let scale = if unit < 1.0 {
        Scale::Time
    } else if low > 0.0 && high / low >= LOG_RATIO {
        Scale::Log
    } else {
        Scale::Linear
    };
    let edges = edges(low, high, scale)?;
    let (mut counts, mut flagged) = (vec![0.0; BINS], vec![0.0; BINS]);
    for (value, all, odd) in values {
        let bin = edges.partition_point(|edge| *edge <= value).clamp(1, BINS) - 1;
        counts[bin] += all;
        flagged[bin] += odd;
    }
    let tallest = counts.iter().copied().fold(0.0, f64::max);
    let is_hidden = flagged.iter().any(|odd| *odd > 0.0 && *odd < VISIBLE * tallest);
    let y_label = if is_hidden {
        let height = |rows: &mut f64| *rows = (1.0 + *rows).log10();
        counts.iter_mut().for_each(height);
        flagged.iter_mut().for_each(height);
        Bilingual::new("log10(1 + rows)", "log10(1 + 行数)")
    } else {
        rows_label()
    };
    let name = &column.info.name;
    let title = Bilingual::new(
        format!("Rows by {name}, the odd ones marked"),
        format!("按 {name} 的行数分布（异常值已标出）"),
    );
    let marks = Marks::Histogram { edges, counts, flagged };
    Some(FindingPlot::new(title, Bilingual::new(name, name), y_label, marks).with_scale(scale))
}

/// Ascending edges of equal bins on the scale; `None` where all values are the same.
fn edges(low: f64, high: f64, scale: Scale) -> Option<Vec<f64>> {
    let (start, end) = match scale {
        Scale::Log => (low.ln(), high.ln()),
        // Halves keep the width of the full range of floats finite.
        Scale::Linear | Scale::Time => (low / 2.0, high / 2.0),
    };
    let step = (end - start) / BINS as f64;
    if !(step.is_finite() && step > 0.0) {
        return None;
    }
    let edge = |bin: usize| {
        let at = start + step * bin as f64;
        if scale == Scale::Log { at.exp() } else { 2.0 * at }
    };
    let mut edges: Vec<f64> = (0..=BINS).map(edge).collect();
    (edges[0], edges[BINS]) = (low, high);
    edges.windows(2).all(|pair| pair[0] < pair[1]).then_some(edges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, findings, table};

    /// The first plot of the only finding of a rule about one column.
    fn plot(name: &str, column: Col<'_>, code: &str) -> FindingPlot {
        let found = findings(&table(vec![(name, column)]), code);
        found[0].plots.first().expect("a plot").clone()
    }

    #[test]
    fn outliers_stand_apart_in_the_histogram_of_their_column() {
        let mut values: Vec<Option<i64>> = (0..2_000).map(|row| Some(100 + row * 37 % 211)).collect();
        values[7] = Some(4_100_000);
        let plot = plot("latency_ms", Col::I(values), "V05");
        let Marks::Histogram { edges, counts, flagged } = &plot.marks else {
            panic!("{plot:?}");
        };
        assert_eq!((plot.x_scale, edges.len(), counts.len()), (Scale::Log, 49, 48));
        assert_eq!(*edges.last().expect("edges"), 4_100_000.0);
        assert!(
            plot.y_label.en.starts_with("log10"),
            "one row among 2,000 would not be seen"
        );
        let height = 2.0_f64.log10();
        assert!((flagged[47] - height).abs() < 1e-12 && (counts[47] - height).abs() < 1e-12);
        assert!(flagged[..47].iter().all(|odd| *odd == 0.0));
        let rows: f64 = counts.iter().map(|height| 10_f64.powf(*height) - 1.0).sum();
        assert!((rows - 2_000.0).abs() < 1e-6, "every row is in a bin: {rows}");
    }

    #[test]
    fn odd_texts_stand_beside_the_most_frequent_ordinary_ones() {
        let cities = ["Hangzhou", "Suzhou", "Ningbo"];
        let texts = (0..300).map(|row| Some(if row % 30 == 0 { "unknown" } else { cities[row % 3] }));
        let plot = plot("city", Col::S(texts.collect()), "C03");
        let Marks::Bars {
            labels,
            values,
            flagged,
        } = &plot.marks
        else {
            panic!("{plot:?}");
        };
        assert_eq!((labels[0].en.as_str(), values[0], flagged[0]), ("unknown", 10.0, true));
        assert_eq!((labels.len(), &flagged[1..]), (4, &[false; 3][..]));
        assert_eq!(values.iter().sum::<f64>(), 300.0);
    }
}
