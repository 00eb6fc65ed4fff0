//! U03: the same event at the same time, told twice with different details.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::Cells;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::fix::Fix;
use crate::engine::audit::neighbours::{Pair, Pairs, pairs};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::over_time;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, finding};
use crate::engine::audit::wording::{percent, quoted, thousands};
use crate::engine::progress::Cancelled;

/// Same event, other payload (U03)
///
/// ## What it checks
/// Rows that share user, item, event and time with another row but differ in some other column; counted is
/// every row but the first of its kind. Rows equal in every column belong to U01. Needs times to the second.
///
/// ## Why it matters
/// It is one event told by two senders or enriched twice. Which of the two is right is unknown, and counting
/// both doubles it.
///
/// ## Example
/// User 512 views item 1004856 at 10:00:00 at position 3, and in another row at position 23.
///
/// ## Proposed fix
/// Keep the first row of each user, item, event and time.
pub struct SameKey {
    surplus: u64,
    total: u64,
    columns: Vec<String>,
    differing: Vec<String>,
    plots: Vec<FindingPlot>,
}

impl Violation for SameKey {
    const INFO: RuleInfo = RuleInfo {
        code: "U03",
        name_en: "Same event, other payload",
        name_zh: "同一事件内容不一致",
        dimension: Dimension::Uniqueness,
        source: include_str!("same_key.rs"),
    };

    fn message(&self) -> Bilingual {
        let (count, share) = (
            thousands(self.surplus),
            percent(self.surplus as f64 / self.total as f64),
        );
        let differing = quoted(&self.differing, 4);
        Bilingual::new(
            format!(
                "{count} rows ({share}) repeat user, item, event and time of another row but differ in {differing}."
            ),
            format!("{count} 行（{share}）与另一行的用户、商品、事件和时间相同，但 {differing} 不同。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One event was told by two senders or enriched twice; counting both doubles it.",
            "同一事件被两个来源上报或被重复加工，全部计入会翻倍。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new("Any such row is a warning.", "出现即警告。")
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropDuplicates {
            columns: self.columns.clone(),
        };
        Some((
            fix,
            Bilingual::new("Keep the first of each event", "每个事件只保留第一行"),
        ))
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let pairs = match pairs(context, |_, gap| gap == 0)? {
        Pairs::Found(pairs) => pairs,
        Pairs::Missing(outcome) => return Ok(outcome),
    };
    if pairs.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let rows: Vec<u32> = pairs.iter().map(|pair| pair.later).collect();
    let key = [Role::User, Role::Item, Role::Event, Role::Time];
    let violation = SameKey {
        surplus: rows.len() as u64,
        total: context.num_rows() as u64,
        columns: key.into_iter().filter_map(|role| context.column_name(role)).collect(),
        differing: differing_columns(context, &pairs),
        plots: over_time(context, &rows).into_iter().collect(),
    };
    let extent = Extent::of_rows(Severity::Warning, None, rows, context.num_rows());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

fn differing_columns(context: &Context<'_>, pairs: &[Pair]) -> Vec<String> {
    let names = context.dataset.info.columns.iter().map(|column| &column.name);
    let differs = |cells: Cells<'_>| {
        let differ = |pair: &Pair| !cells.same(pair.earlier as usize, pair.later as usize);
        pairs.iter().any(differ)
    };
    let differing = names
        .zip(&context.columns)
        .filter(|(_, column)| differs(column.cells()));
    differing.map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_rows_that_differ_elsewhere_are_counted() {
        let data = table(vec![
            ("user", Col::I(vec![Some(1); 5])),
            ("item", Col::I(vec![Some(9); 5])),
            ("event", Col::S(vec![Some("view"); 5])),
            ("time", Col::T(vec![Some(1), Some(1), Some(1), Some(1), Some(5)])),
            ("position", Col::I(vec![Some(3), Some(23), Some(3), Some(23), Some(3)])),
        ]);
        let found = findings(&data, "U03");
        assert_eq!(found[0].rows.as_slice(), [1], "rows 2 and 3 are exact copies");
        assert!(found[0].message.en.contains("position"));
    }
}
