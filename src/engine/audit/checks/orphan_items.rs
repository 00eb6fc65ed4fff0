//! K01: items of the log that the item table does not hold.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::orphans::{ITEMS, Orphans, check_side};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Orphan items (K01)
///
/// ## What it checks
/// Events whose item is not in the item table. Needs an item table.
///
/// ## Why it matters
/// Features that come from the item (title, category, price) do not exist for these events; an inner join
/// loses them, a left join fills them with nothing.
///
/// ## Example
/// 61,220 events name 412 items the table does not hold.
///
/// ## Proposed fix
/// Load a fuller item table, or drop the events: the step names every item concerned.
pub struct OrphanItems(Orphans);

impl Violation for OrphanItems {
    const INFO: RuleInfo = RuleInfo {
        code: "K01",
        name_en: "Orphan items",
        name_zh: "孤儿商品",
        dimension: Dimension::Consistency,
        source: include_str!("orphan_items.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new("Orphan items: not in item table", "孤儿商品：不在商品表中")
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Title, category and price do not exist for these events; an inner join loses them without a word.",
            "这些事件没有标题、类目和价格；内连接会悄悄丢掉它们。",
        )
    }

    fn threshold(&self) -> Bilingual {
        self.0.threshold()
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        Some(self.0.fix())
    }

    fn facts(&self) -> Vec<Fact> {
        self.0.facts()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.0.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    check_side(context, &ITEMS, OrphanItems)
}
