//! L02: columns that hold what only the whole log can know.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::fix::Fix;
use crate::engine::audit::plot::{FindingPlot, Marks};
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, finding};
use crate::engine::audit::wording::thousands;
use crate::engine::ingest::Codes;
use crate::engine::progress::Cancelled;

/// Totals of the whole log (L02)
///
/// ## What it checks
/// Whole-number columns that are, for at least 95 % of the items (or users), the number of rows the item (or user)
/// has in the whole log; at least 20 of them, with at least five different numbers.
///
/// ## Why it matters
/// A feature must be known when the event happens. This one counts events that come later: a model that uses it
/// looks excellent in every test and fails in the shop, where the future is not known.
///
/// ## Example
/// `item_events` equals the number of the item's rows in the whole log, for all 412 items.
///
/// ## Proposed fix
/// Drop the column; count what was known before each event when features are built.
pub struct WholeLogTotals {
    column: String,
    /// English and Chinese for what is counted.
    of: (&'static str, &'static str),
    num: u64,
    /// Rows in the whole log and the cell, of some of them.
    pairs: Vec<[f64; 2]>,
}

impl Violation for WholeLogTotals {
    const INFO: RuleInfo = RuleInfo {
        code: "L02",
        name_en: "Totals of the whole log",
        name_zh: "使用了全日志的汇总",
        dimension: Dimension::Behaviour,
        source: include_str!("whole_log_totals.rs"),
    };

    fn message(&self) -> Bilingual {
        let (column, num, (en, zh)) = (&self.column, thousands(self.num), self.of);
        Bilingual::new(
            format!("{column} is the number of rows each of {num} {en} has in the whole log, later ones included."),
            format!("{column} 等于 {num} 个{zh}各自在整个日志中的行数，包含之后才发生的行。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "It counts events that come later: a model that uses it looks excellent in every test and fails in the shop.",
            "它统计了之后才发生的事件：使用它的模型在测试中表现极佳，上线后却会失效。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "An exact match for 95 % of at least 20 items or users with at least five different numbers is no accident.",
            "至少 20 个商品或用户、至少五种不同数值，且 95 % 精确相等，不可能是巧合。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropColumn {
            column: self.column.clone(),
        };
        Some((fix, Bilingual::new("Drop the column", "删除该列")))
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let (column, (en, zh)) = (&self.column, self.of);
        let marks = Marks::Scatter {
            points: Vec::new(),
            flagged: self.pairs.clone(),
            drawn_of: self.num,
        };
        let title = Bilingual::new(
            format!("{column} against rows of the {en} in the whole log"),
            format!("{column} 与{zh}在整个日志中的行数"),
        );
        let x_label = Bilingual::new("rows in the whole log", "整个日志中的行数");
        vec![FindingPlot::new(title, x_label, Bilingual::new(column, column), marks)]
    }
}

/// Points that are drawn.
const DRAWN: usize = 1_000;

const LEAST_NAMED: usize = 20;
const LEAST_NUMBERS: usize = 5;
const EQUAL_SHARE: f64 = 0.95;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    if context.log.item.is_none() && context.log.user.is_none() {
        return Ok(Outcome::missing_roles("item or user", "商品或用户"));
    }
    let sides = [
        (context.log.item.as_ref(), ("items", "商品")),
        (context.log.user.as_ref(), ("users", "用户")),
    ];
    let mut findings = Vec::new();
    for (index, info) in context.dataset.info.columns.iter().enumerate() {
        if info.dtype != ColumnType::Integer || !matches!(info.role, Role::Other | Role::Covariate) {
            continue;
        }
        context.progress.check()?;
        for (codes, of) in sides {
            let Some(codes) = codes else { continue };
            let Some(num) = counted(context, index, codes) else {
                continue;
            };
            let violation = WholeLogTotals {
                column: info.name.clone(),
                of,
                num,
                pairs: pairs(context, index, codes),
            };
            let filled = |row: &u32| !context.columns[index].cells().is_null(*row as usize);
            let rows: Vec<u32> = (0..context.num_rows() as u32).filter(filled).collect();
            let extent = Extent::of_rows(Severity::Warning, Some(&info.name), rows, context.num_rows());
            findings.push(finding(context, &violation, extent));
            break;
        }
    }
    Ok(Outcome::Checked(findings))
}

/// The cell of the first row of each name beside its rows in the whole log.
fn pairs(context: &Context<'_>, index: usize, codes: &Codes) -> Vec<[f64; 2]> {
    let cells = context.columns[index].cells();
    let counts = codes.counts();
    let named = codes.first_row.iter().zip(&counts).take(DRAWN);
    let pair = |(&row, &count): (&u32, &u32)| Some([f64::from(count), cells.number(row as usize)?]);
    named.filter_map(pair).collect()
}

/// How many names there are, if the column holds the number of rows of each.
fn counted(context: &Context<'_>, index: usize, codes: &Codes) -> Option<u64> {
    let counts = codes.counts();
    let mut numbers = counts.clone();
    numbers.sort_unstable();
    numbers.dedup();
    if codes.num < LEAST_NAMED || numbers.len() < LEAST_NUMBERS {
        return None;
    }
    let cells = context.columns[index].cells();
    let mut agrees = vec![true; codes.num];
    let mut differ = 0_usize;
    for (row, &code) in codes.codes.iter().enumerate() {
        if code == NULL || !agrees[code as usize] {
            continue;
        }
        if cells.key(row) != Some(u64::from(counts[code as usize])) {
            agrees[code as usize] = false;
            differ += 1;
            // Most columns are done with after a handful of rows.
            if differ as f64 > (1.0 - EQUAL_SHARE) * codes.num as f64 {
                return None;
            }
        }
    }
    Some(codes.num as u64)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn totals_of_the_future_but_no_running_counts() {
        let items: Vec<i64> = (0..40)
            .flat_map(|item| std::iter::repeat_n(item, 1 + item as usize % 7))
            .collect();
        let total = |item: i64| 1 + item % 7;
        let mut so_far = std::collections::HashMap::new();
        let running: Vec<Option<i64>> = items
            .iter()
            .map(|item| {
                let count = so_far.entry(*item).or_insert(0);
                *count += 1;
                Some(*count)
            })
            .collect();
        let data = table(vec![
            ("item", Col::I(items.iter().copied().map(Some).collect())),
            (
                "item_events",
                Col::I(items.iter().map(|&item| Some(total(item))).collect()),
            ),
            ("so_far", Col::I(running)),
        ]);
        let found = findings(&data, "L02");
        assert_eq!((found.len(), found[0].column.as_deref()), (1, Some("item_events")));
    }
}
