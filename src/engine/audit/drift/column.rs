//! One column of the reference against the same column of the current log.
//!
//! Invariant: cells are compared by value, so a category is the same whatever its code was; identifiers, free text
//! and event times differ between any two logs and are not tested.

use super::statistics::{
    binned, chi_square, deviation, jensen_shannon, kolmogorov_smirnov, psi, quantile_edges, wasserstein,
};
use super::{BinShare, CategoryCount, ColumnDrift, Compared};
use crate::engine::artifact::{Bilingual, ColumnType, Role};
use crate::engine::audit::AuditError;
use crate::engine::audit::cells::{Cells, ColumnCells};
use crate::engine::audit::wording::plain;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::Progress;
use std::collections::HashMap;

/// Bins of the reference's quantiles.
const BINS: usize = 10;
/// Up to so many distinct numbers of the reference are read as categories, as deepchecks and Evidently do for few.
const FEW_NUMBERS: usize = 20;
/// With more distinct texts than this share of the filled cells a column is free text or an identifier.
const FREE_TEXT_SHARE: f64 = 0.5;
/// More categories make no test anybody could read.
const MOST_CATEGORIES: usize = 5_000;
/// Categories expected less often than this are tested together (Cochran 1954).
const LEAST_EXPECTED: f64 = 5.0;
/// Categories that are listed and drawn.
const LISTED: usize = 20;

/// A dataset and the column's place in it.
type Place<'a> = (&'a Dataset, usize);

pub(super) fn compare(
    (reference, before): Place<'_>,
    (current, now): Place<'_>,
    progress: &Progress,
) -> Result<ColumnDrift, AuditError> {
    let (old, new) = (ColumnCells::new(reference, before)?, ColumnCells::new(current, now)?);
    let info = &current.info.columns[now];
    let was = reference.info.columns[before].dtype;
    let mut column = empty(&info.name);
    column.type_was = (was != info.dtype).then(|| was.name().to_owned());
    missingness(&mut column, &old.cells(), &new.cells());
    progress.check()?;
    let numeric = |dtype: ColumnType| matches!(dtype, ColumnType::Integer | ColumnType::Float);
    let reason = not_compared(info.role, was, info.dtype);
    if let Some(reason) = reason {
        column.reason = Some(reason);
    } else if numeric(was) && numeric(info.dtype) {
        let (a, b) = (sorted_numbers(&old.cells()), sorted_numbers(&new.cells()));
        let mut distinct = a.clone();
        distinct.dedup();
        if distinct.len() <= FEW_NUMBERS {
            categories(&mut column, &old.cells(), &new.cells());
        } else {
            numbers(&mut column, &a, &b);
        }
    } else {
        categories(&mut column, &old.cells(), &new.cells());
    }
    Ok(column)
}

fn empty(name: &str) -> ColumnDrift {
    ColumnDrift {
        name: name.to_owned(),
        compared: Compared::Missingness,
        reason: None,
        psi: None,
        jensen_shannon: None,
        wasserstein_over_sigma: None,
        test: None,
        statistic: None,
        effect: None,
        p_value: None,
        p_adjusted: None,
        missing_reference: 0.0,
        missing_current: 0.0,
        missing_p_value: None,
        missing_p_adjusted: None,
        new_categories: Vec::new(),
        vanished_categories: Vec::new(),
        bins: Vec::new(),
        type_was: None,
    }
}

fn not_compared(role: Role, was: ColumnType, is: ColumnType) -> Option<Bilingual> {
    let (en, zh) = match role {
        Role::User | Role::Item | Role::Session => (
            "identifiers differ between any two logs",
            "标识在任何两份日志之间都不同",
        ),
        Role::Time => ("times differ between any two logs", "时间在任何两份日志之间都不同"),
        _ if was == ColumnType::Time || is == ColumnType::Time => {
            ("times differ between any two logs", "时间在任何两份日志之间都不同")
        }
        _ => return None,
    };
    Some(Bilingual::new(en, zh))
}

fn missingness(column: &mut ColumnDrift, old: &Cells<'_>, new: &Cells<'_>) {
    let count = |cells: &Cells<'_>| {
        let missing = (0..cells.len()).filter(|row| cells.is_null(*row)).count() as u64;
        [cells.len() as u64 - missing, missing]
    };
    let (a, b) = (count(old), count(new));
    let share = |[filled, missing]: [u64; 2]| missing as f64 / (filled + missing).max(1) as f64;
    column.missing_reference = share(a);
    column.missing_current = share(b);
    column.missing_p_value = chi_square(&a, &b).map(|(tested, _)| tested.p_value);
}

fn sorted_numbers(cells: &Cells<'_>) -> Vec<f64> {
    let numbers = (0..cells.len()).filter_map(|row| cells.number(row));
    let mut numbers: Vec<f64> = numbers.filter(|number| number.is_finite()).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    numbers
}

fn numbers(column: &mut ColumnDrift, old: &[f64], new: &[f64]) {
    column.compared = Compared::Number;
    let edges = quantile_edges(old, BINS);
    let (p, q) = (binned(old, &edges), binned(new, &edges));
    column.psi = psi(&p, &q);
    column.jensen_shannon = jensen_shannon(&p, &q);
    let sigma = deviation(old).filter(|sigma| *sigma > 0.0);
    column.wasserstein_over_sigma = wasserstein(old, new).and_then(|distance| Some(distance / sigma?));
    if let Some(tested) = kolmogorov_smirnov(old, new) {
        column.test = Some("kolmogorov_smirnov".to_owned());
        column.statistic = Some(tested.statistic);
        column.effect = Some(tested.statistic);
        column.p_value = Some(tested.p_value);
    }
    let labels = (0..p.len()).map(
        |bin| match (bin.checked_sub(1).and_then(|at| edges.get(at)), edges.get(bin)) {
            (None, Some(high)) => format!("≤ {}", plain(*high)),
            (Some(low), Some(high)) => format!("{} – {}", plain(*low), plain(*high)),
            (Some(low), None) => format!("> {}", plain(*low)),
            (None, None) => "all".to_owned(),
        },
    );
    column.bins = bin_shares(labels, &p, &q);
}

fn bin_shares(labels: impl Iterator<Item = String>, p: &[u64], q: &[u64]) -> Vec<BinShare> {
    let total = |counts: &[u64]| counts.iter().sum::<u64>().max(1) as f64;
    let (n, m) = (total(p), total(q));
    labels
        .zip(p.iter().zip(q))
        .map(|(label, (a, b))| BinShare {
            label,
            reference: *a as f64 / n,
            current: *b as f64 / m,
        })
        .collect()
}

/// Counts of each value's text in both logs.
fn counted(old: &Cells<'_>, new: &Cells<'_>) -> HashMap<String, [u64; 2]> {
    let mut counts: HashMap<String, [u64; 2]> = HashMap::new();
    for (side, cells) in [old, new].into_iter().enumerate() {
        // Values repeat, so most look-ups need no text of their own.
        let mut by_key: HashMap<u64, u64> = HashMap::new();
        for row in 0..cells.len() {
            if let Some(text) = cells.text(row) {
                if let Some(found) = counts.get_mut(text) {
                    found[side] += 1;
                } else {
                    counts.entry(text.to_owned()).or_default()[side] += 1;
                }
            } else if let Some(key) = cells.key(row) {
                *by_key.entry(key).or_default() += 1;
            }
        }
        for (key, count) in by_key {
            counts.entry(shown(cells, key)).or_default()[side] += count;
        }
    }
    counts
}

/// The value's text, the same for 2 and 2.0.
fn shown(cells: &Cells<'_>, key: u64) -> String {
    cells.value_of_key(key).to_string()
}

fn categories(column: &mut ColumnDrift, old: &Cells<'_>, new: &Cells<'_>) {
    let counts = counted(old, new);
    let side = |side: usize| counts.values().map(|count| count[side]).sum::<u64>();
    let (n, m) = (side(0), side(1));
    let distinct_old = counts.values().filter(|count| count[0] > 0).count();
    if distinct_old as f64 > FREE_TEXT_SHARE * n as f64 && distinct_old > FEW_NUMBERS || counts.len() > MOST_CATEGORIES
    {
        column.reason = Some(Bilingual::new(
            "free text or an identifier: its values differ between any two logs",
            "自由文本或标识：其取值在任何两份日志之间都不同",
        ));
        return;
    }
    column.compared = Compared::Category;
    let mut ordered: Vec<(&String, &[u64; 2])> = counts.iter().collect();
    // The most frequent in both together first; names decide ties, so that the order never depends on hashing.
    ordered.sort_by(|a, b| (b.1[0] + b.1[1]).cmp(&(a.1[0] + a.1[1])).then_with(|| a.0.cmp(b.0)));
    let p: Vec<u64> = ordered.iter().map(|(_, count)| count[0]).collect();
    let q: Vec<u64> = ordered.iter().map(|(_, count)| count[1]).collect();
    column.psi = psi(&p, &q);
    column.jensen_shannon = jensen_shannon(&p, &q);
    let (tested_p, tested_q) = pooled(&p, &q);
    if let Some((tested, effect)) = chi_square(&tested_p, &tested_q) {
        column.test = Some("chi_square".to_owned());
        column.statistic = Some(tested.statistic);
        column.effect = Some(effect);
        column.p_value = Some(tested.p_value);
    }
    let only = |own: usize, other: usize, total: u64| {
        let mut found: Vec<CategoryCount> = ordered
            .iter()
            .filter(|(_, count)| count[own] > 0 && count[other] == 0)
            .map(|(value, count)| CategoryCount {
                value: (*value).clone(),
                count: count[own],
                share: count[own] as f64 / total.max(1) as f64,
            })
            .collect();
        found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        found
    };
    // Without a filled cell on one side every category of the other would be "new"; missingness tells that story.
    if n > 0 && m > 0 {
        column.new_categories = only(1, 0, m);
        column.vanished_categories = only(0, 1, n);
    }
    let labels = ordered.iter().map(|(value, _)| (*value).clone());
    column.bins = bin_shares(labels, &p, &q);
    column.bins.truncate(LISTED);
}

/// Categories expected too seldom on either side are one category in the test.
fn pooled(p: &[u64], q: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let (n, m) = (p.iter().sum::<u64>() as f64, q.iter().sum::<u64>() as f64);
    let smaller = n.min(m) / (n + m).max(1.0);
    let (mut a, mut b, mut rest) = (Vec::new(), Vec::new(), [0, 0]);
    for (&x, &y) in p.iter().zip(q) {
        if (x + y) as f64 * smaller >= LEAST_EXPECTED {
            a.push(x);
            b.push(y);
        } else {
            rest[0] += x;
            rest[1] += y;
        }
    }
    if rest[0] + rest[1] > 0 {
        a.push(rest[0]);
        b.push(rest[1]);
    }
    (a, b)
}
