//! K03: items of the item table that no event names.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::Value;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Unit};
use crate::engine::audit::orphans::{ITEMS, ids_of, log_ids};
use crate::engine::audit::plot::{FindingPlot, Marks};
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::progress::Cancelled;
use hashbrown::HashSet;

/// Items without events (K03)
///
/// ## What it checks
/// The reverse of K01: items of the item table that no event names.
///
/// ## Why it matters
/// Nothing can be learned about them from the log: they are the cold start of the catalogue.
///
/// ## Example
/// 212 of 500 items have no event.
///
/// ## Proposed fix
/// None: it is a fact about the catalogue.
pub struct UnusedItems {
    unused: u64,
    in_table: u64,
}

impl Violation for UnusedItems {
    const INFO: RuleInfo = RuleInfo {
        code: "K03",
        name_en: "Items without events",
        name_zh: "没有行为的商品",
        dimension: Dimension::Consistency,
        source: include_str!("unused_items.rs"),
    };

    fn message(&self) -> Bilingual {
        let (unused, table) = (thousands(self.unused), thousands(self.in_table));
        let share = percent(self.unused as f64 / self.in_table.max(1) as f64);
        Bilingual::new(
            format!("{unused} of {table} items of the item table ({share}) have no event in this log."),
            format!("商品表 {table} 个商品中有 {unused} 个（{share}）在该日志中没有任何行为。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Nothing can be learned about them from the log: they are the cold start of the catalogue.",
            "无法从日志中学到它们的任何信息：这是商品的冷启动部分。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Reported as information whenever there are any.",
            "存在即作为信息报告。",
        )
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let used = self.in_table.saturating_sub(self.unused);
        let marks = Marks::Bars {
            labels: vec![
                Bilingual::new("no event", "没有行为"),
                Bilingual::new("some events", "有行为"),
            ],
            values: vec![self.unused as f64, used as f64],
            flagged: vec![true, false],
        };
        let title = Bilingual::new("Items of the item table", "商品表中的商品");
        let items = Bilingual::new("items", "商品数");
        vec![FindingPlot::new(title, Bilingual::default(), items, marks)]
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(table) = ITEMS.dataset(context) else {
        return Ok(ITEMS.needs_table());
    };
    let (Some(ids), Some(used)) = (ids_of(context, table, Role::Item), log_ids(context, Role::Item)) else {
        return Ok(ITEMS.needs_role());
    };
    let used: HashSet<String> = used.iter().map(Value::to_string).collect();
    let unused = ids.iter().filter(|id| !used.contains(*id)).count() as u64;
    if unused == 0 {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let violation = UnusedItems {
        unused,
        in_table: ids.len() as u64,
    };
    let extent = Extent {
        severity: Severity::Info,
        column: context.column_name(Role::Item),
        count: unused,
        unit: Unit::Items,
        share: Some(unused as f64 / ids.len().max(1) as f64),
        rows: Vec::new(),
    };
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}
