//! L04: columns that tell the label by themselves.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::column_words::{ID_WORDS, name_has};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::plot::{FindingPlot, Marks, Series};
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::progress::Cancelled;

/// A column that tells the label (L04)
///
/// ## What it checks
/// Beside a label of two values: columns whose value alone ranks the rows with an area under the ROC curve above
/// 0.95 (or below 0.05). Numbers are ranked by size; words of at most 50 values, 20 rows each on average, by their
/// share of the higher label; empty cells stand at the better end. At least 50 rows of each label. Texts, times and
/// columns of users, items, sessions and identifiers are left out.
///
/// ## Why it matters
/// What predicts the label that well is mostly a consequence of it, known only afterwards. A model that uses it
/// looks excellent in every test and fails in the shop.
///
/// ## Example
/// `service_secs` is above 0 where `label_returned` is 1 and 0 elsewhere.
///
/// ## Proposed fix
/// Drop the column, unless it is known before the label is.
pub struct LabelLeak {
    column: String,
    label: String,
    auc: f64,
    /// (false, true positive rate) from the best rows on.
    curve: Vec<[f64; 2]>,
}

impl Violation for LabelLeak {
    const INFO: RuleInfo = RuleInfo {
        code: "L04",
        name_en: "A column that tells the label",
        name_zh: "单列泄漏标签",
        dimension: Dimension::Behaviour,
        source: include_str!("label_leak.rs"),
    };

    fn title(&self) -> Bilingual {
        let (column, label) = (&self.column, &self.label);
        Bilingual::new(format!("{column} tells {label}"), format!("{column} 泄漏 {label}"))
    }

    fn message(&self) -> Bilingual {
        let (column, label, auc) = (&self.column, &self.label, self.auc);
        Bilingual::new(
            format!("{column} alone ranks the rows by {label} with an AUC of {auc:.3}."),
            format!("仅凭 {column} 一列对 {label} 排序，AUC 即达 {auc:.3}。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "What predicts the label that well is mostly a consequence of it, known only afterwards.",
            "预测得如此之准的列，多半是标签的结果，事后才知道。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "AUC 0.95: behaviour is not that predictable from one column that was known before.",
            "AUC 0.95：事先已知的单个列不可能如此准确地预测行为。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropColumn {
            column: self.column.clone(),
        };
        Some((fix, Bilingual::new("Drop the column", "删除该列")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact("auc", "AUC of the column alone", "单列 AUC", self.auc)]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let (column, label) = (&self.column, &self.label);
        let line = |name: Bilingual, points: Vec<[f64; 2]>, flagged: bool| Series { name, points, flagged };
        let alone = Bilingual::new(format!("{column} alone"), format!("仅 {column}"));
        let chance = Bilingual::new("by chance", "随机");
        let series = vec![
            line(alone, self.curve.clone(), true),
            line(chance, vec![[0.0, 0.0], [1.0, 1.0]], false),
        ];
        let title = Bilingual::new(
            format!("ROC curve of {column} for {label}"),
            format!("{column} 对 {label} 的 ROC 曲线"),
        );
        let x_label = Bilingual::new("false positive rate", "假阳性率");
        let y_label = Bilingual::new("true positive rate", "真阳性率");
        vec![FindingPlot::new(title, x_label, y_label, Marks::Lines { series })]
    }
}

const MOST_AUC: f64 = 0.95;
const LEAST_OF_CLASS: u64 = 50;
const MOST_WORDS: usize = 50;
const LEAST_PER_WORD: u64 = 20;

/// Rows of the lower and of the higher label.
type Classes = [u64; 2];
/// The area under a ROC curve, and its points.
type Ranking = (f64, Vec<[f64; 2]>);

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(index) = context.dataset.column_with_role(Role::Label) else {
        return Ok(Outcome::missing_roles("label", "标签"));
    };
    let Some(labels) = binary_labels(context, index)? else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a label of two values, 50 rows of each",
            "需要取两个值的标签，且每个值至少 50 行",
        )));
    };
    let label = &context.dataset.info.columns[index].name;
    let mut found = Vec::new();
    for (other, info) in context.dataset.info.columns.iter().enumerate() {
        if other == index || !may_leak(info) {
            continue;
        }
        let Some((auc, curve)) = auc_of(context, other, &labels)?.filter(|(auc, _)| *auc > MOST_AUC) else {
            continue;
        };
        let violation = LabelLeak {
            column: info.name.clone(),
            label: label.clone(),
            auc,
            curve,
        };
        found.push(leak(context, other, &violation));
    }
    Ok(Outcome::Checked(found))
}

fn leak(context: &Context<'_>, index: usize, violation: &LabelLeak) -> Finding {
    let cells = context.columns[index].cells();
    let filled = (0..context.num_rows() as u32).filter(|&row| !cells.is_null(row as usize));
    let (rows, total) = (filled.collect(), context.num_rows());
    let extent = Extent::of_rows(Severity::Warning, Some(&violation.column), rows, total);
    finding(context, violation, extent)
}

fn may_leak(info: &ColumnInfo) -> bool {
    let names_something = matches!(
        info.role,
        Role::User | Role::Item | Role::Session | Role::Time | Role::Label | Role::Text | Role::Query
    );
    !names_something && info.dtype != ColumnType::Time && !name_has(&info.name, &ID_WORDS)
}

/// Whether each row has the higher label; `None` without a label, or if the column has no two values.
fn binary_labels(context: &Context<'_>, index: usize) -> Result<Option<Vec<Option<bool>>>, Cancelled> {
    let distinct = context.distinct(index)?;
    let enough = distinct.counts.iter().all(|&count| u64::from(count) >= LEAST_OF_CLASS);
    let [first, second] = distinct.first_row[..] else {
        return Ok(None);
    };
    if !enough {
        return Ok(None);
    }
    let cells = context.columns[index].cells();
    let higher = u32::from(cells.compare(first as usize, second as usize).is_lt());
    let label = |code: &u32| (*code != NULL).then_some(*code == higher);
    Ok(Some(distinct.codes.iter().map(label).collect()))
}

/// The area under the ROC curve of a column alone, turned so that it is at least one half, and the curve.
fn auc_of(context: &Context<'_>, index: usize, labels: &[Option<bool>]) -> Result<Option<Ranking>, Cancelled> {
    let distinct = context.distinct(index)?;
    let is_text = context.dataset.info.columns[index].dtype == ColumnType::Text;
    let num = distinct.num_values();
    if is_text && (num > MOST_WORDS || distinct.num_filled() < LEAST_PER_WORD * num as u64) {
        return Ok(None);
    }
    let mut classes: Vec<Classes> = vec![[0, 0]; num];
    let mut empty: Classes = [0, 0];
    for (&code, label) in distinct.codes.iter().zip(labels) {
        if let Some(label) = label {
            let place = classes.get_mut(code as usize).unwrap_or(&mut empty);
            place[usize::from(*label)] += 1;
        }
    }
    let cells = context.columns[index].cells();
    let mut order: Vec<usize> = (0..num).collect();
    if is_text {
        let share = |code: usize| classes[code][1] as f64 / (classes[code][0] + classes[code][1]).max(1) as f64;
        order.sort_by(|&a, &b| share(a).total_cmp(&share(b)));
    } else {
        let row = |code: usize| distinct.first_row[code] as usize;
        order.sort_unstable_by(|&a, &b| cells.compare(row(a), row(b)));
    }
    let ranked: Vec<Classes> = order.into_iter().map(|code| classes[code]).collect();
    let [mut first, mut last] = [vec![empty], ranked.clone()];
    first.extend(ranked);
    last.push(empty);
    let turned = |mut order: Vec<Classes>| {
        let area = auc(order.iter())?;
        if area < 0.5 {
            order.reverse();
        }
        Some((area.max(1.0 - area), roc(&order)))
    };
    let best = [first, last].into_iter().filter_map(turned);
    Ok(best.max_by(|a, b| a.0.total_cmp(&b.0)))
}

/// The points of the ROC curve, those closer than a two-hundredth to the one before left out.
fn roc(ranked: &[Classes]) -> Vec<[f64; 2]> {
    let [lower, higher] = ranked.iter().fold([0, 0], |sum, of| [sum[0] + of[0], sum[1] + of[1]]);
    let mut points = vec![[0.0, 0.0]];
    let (mut false_positives, mut true_positives) = (0, 0);
    for &[low, high] in ranked.iter().rev() {
        false_positives += low;
        true_positives += high;
        let point = [
            false_positives as f64 / lower.max(1) as f64,
            true_positives as f64 / higher.max(1) as f64,
        ];
        let is_last = (false_positives, true_positives) == (lower, higher);
        let moved = points
            .last()
            .is_none_or(|last| (0..2).any(|axis| point[axis] - last[axis] >= 0.005));
        if moved || is_last {
            points.push(point);
        }
    }
    points
}

/// Mann–Whitney: the share of (lower, higher) pairs that stand in this order, ties counting one half.
fn auc<'a>(ranked: impl Iterator<Item = &'a Classes>) -> Option<f64> {
    let (mut lower, mut higher, mut ordered) = (0.0, 0.0, 0.0);
    for &[low, high] in ranked {
        ordered += high as f64 * (lower + low as f64 / 2.0);
        lower += low as f64;
        higher += high as f64;
    }
    let pairs: f64 = lower * higher;
    (pairs > 0.0).then(|| ordered / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn the_area_is_that_of_the_textbook() {
        // By hand: labels 0, 0, 1, 1, 0, 1 at scores 1, 2, 2, 3, 3, 4 are in order in 7 of 9 pairs.
        let ranked = [[1, 0], [1, 1], [1, 1], [0, 1]];
        assert!((auc(ranked.iter()).expect("both classes") - 7.0 / 9.0).abs() < 1e-12);
        assert_eq!(auc([[3, 0]].iter()), None);
        // The same nine pairs as the area under straight pieces between the points.
        let points = roc(&ranked);
        let area: f64 = points
            .windows(2)
            .map(|p| (p[1][0] - p[0][0]) * (p[0][1] + p[1][1]) / 2.0)
            .sum();
        assert!((area - 7.0 / 9.0).abs() < 1e-12, "{points:?}");
    }

    #[test]
    fn consequences_of_the_label_but_no_ordinary_feature() {
        let label = |row: i64| row % 3 == 0;
        let column = |of: &dyn Fn(i64) -> Option<i64>| Col::I((0..600).map(of).collect());
        let words = |of: &dyn Fn(i64) -> &'static str| Col::S((0..600).map(|row| Some(of(row))).collect());
        let data = table(vec![
            ("label", column(&|row| Some(i64::from(label(row))))),
            (
                "service",
                column(&|row| Some(if label(row) { 30 + row % 50 } else { 0 })),
            ),
            ("refund", column(&|row| label(row).then_some(row % 7))),
            ("age", column(&|row| Some(row % 41 + if label(row) { 9 } else { 0 }))),
            (
                "state",
                words(&|row| {
                    if label(row) {
                        ["back", "lost"][row as usize % 2]
                    } else {
                        "kept"
                    }
                }),
            ),
            ("city", words(&|row| ["Rome", "Oslo", "Kyoto"][row as usize / 7 % 3])),
            ("case_id", column(&|row| label(row).then_some(row))),
        ]);
        let columns: Vec<Option<String>> = findings(&data, "L04").into_iter().map(|found| found.column).collect();
        let expected = ["refund", "service", "state"].map(|name| Some(name.to_owned()));
        let mut sorted = columns.clone();
        sorted.sort();
        assert_eq!(sorted, expected, "{columns:?}");
        let few = table(vec![
            ("label", column(&|row| Some(i64::from(row < 20)))),
            ("x", column(&|row| Some(row))),
        ]);
        assert!(findings(&few, "L04").is_empty(), "20 rows of a label show nothing");
    }
}
