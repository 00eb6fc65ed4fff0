//! B04: few items hold most events, and most user-item pairs never meet.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::concentration::Concentration;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Fact, Unit};
use crate::engine::audit::plot::{FindingPlot, Marks, Series};
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, plain, thousands};
use crate::engine::progress::Cancelled;

/// Long tail and sparsity (B04)
///
/// ## What it checks
/// The share of events that falls on the most popular 1 % of items, the Gini coefficient of items, and the
/// share of user-item pairs without any event. Reported if the head holds 30 % or more, or if 99 % or more of
/// the pairs are empty.
///
/// ## Why it matters
/// A popularity baseline looks strong on such data, and metrics averaged over events describe the head alone.
/// Judge models on the tail as well, and by items.
///
/// ## Example
/// 1 % of the items hold 58 % of the events; 99.98 % of the pairs are empty.
///
/// ## Proposed fix
/// None: this is how shops are. Sampling or weighting belongs to training.
pub struct LongTail {
    items: Concentration,
    sparsity: Option<f64>,
    head_items_share: f64,
}

impl Violation for LongTail {
    const INFO: RuleInfo = RuleInfo {
        code: "B04",
        name_en: "Long tail and sparsity",
        name_zh: "长尾与稀疏",
        dimension: Dimension::Behaviour,
        source: include_str!("long_tail.rs"),
    };

    fn title(&self) -> Bilingual {
        let (items, events) = (percent(self.head_items_share), percent(self.items.head_share));
        Bilingual::new(
            format!("Long tail: {items} of items, {events} of events"),
            format!("长尾：{items} 的商品占 {events} 的事件"),
        )
    }

    fn message(&self) -> Bilingual {
        let (head, all) = (thousands(self.items.head_num), thousands(self.items.num));
        let (share, gini, singles) = (
            percent(self.items.head_share),
            plain(self.items.gini),
            thousands(self.items.singles),
        );
        let mut text = Bilingual::new(
            format!(
                "The {head} most popular of {all} items hold {share} of the events (Gini {gini}); {singles} items have a single event."
            ),
            format!(
                "{all} 个商品中最热门的 {head} 个占 {share} 的事件（基尼系数 {gini}）；{singles} 个商品只有一次事件。"
            ),
        );
        if let Some(sparsity) = self.sparsity {
            let sparsity = percent(sparsity);
            text.en += &format!(" {sparsity} of all user-item pairs have no event.");
            text.zh += &format!("{sparsity} 的用户-商品组合没有任何事件。");
        }
        text
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A popularity baseline looks strong here, and averages over events describe the head alone: judge the tail apart.",
            "在此数据上热门基线会显得很强，按事件平均的指标只反映头部：请单独评估长尾。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "A head of 1 % with 30 % of the events, or 99 % empty pairs: from there on popularity alone explains most of a ranking.",
            "头部 1 % 占 30 % 事件，或 99 % 组合为空：超过后，仅凭热度就能解释大部分排序。",
        )
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            fact("gini", "Gini of items", "商品基尼系数", self.items.gini),
            fact(
                "head_share",
                "Events of the head",
                "头部事件占比",
                self.items.head_share,
            ),
            fact(
                "head_rows",
                "Rows of the head",
                "头部行数",
                self.items.head_events as f64,
            ),
        ];
        facts.extend(
            self.sparsity
                .map(|value| fact("sparsity", "Empty user-item pairs", "空组合占比", value)),
        );
        facts
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let series = vec![
            Series {
                name: Bilingual::new("items", "商品"),
                points: self.items.lorenz.clone(),
                flagged: true,
            },
            Series {
                name: Bilingual::new("all alike", "完全均匀"),
                points: vec![[0.0, 0.0], [1.0, 1.0]],
                flagged: false,
            },
        ];
        vec![FindingPlot::new(
            Bilingual::new(
                "Lorenz curve: share of events by share of items",
                "洛伦兹曲线：商品占比与事件占比",
            ),
            Bilingual::new("share of items, least popular first", "商品占比（从冷门起）"),
            Bilingual::new("share of events", "事件占比"),
            Marks::Lines { series },
        )]
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let thresholds = context.thresholds();
    let Some(item) = &context.log.item else {
        return Ok(Outcome::missing_roles("item", "商品"));
    };
    let Some(items) = Concentration::of(&item.counts(), thresholds.head_items_share) else {
        return Ok(Outcome::Checked(Vec::new()));
    };
    let sparsity = sparsity(context)?;
    let is_sparse = sparsity.is_some_and(|share| share >= thresholds.sparsity);
    // One percent of a small catalogue is a single item, which says nothing.
    let has_head = items.num >= 100 && items.head_share >= thresholds.head_events_share;
    if !has_head && !is_sparse {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let extent = Extent {
        severity: Severity::Info,
        column: context.column_name(Role::Item),
        count: items.head_num,
        unit: Unit::Items,
        share: Some(items.head_share),
        rows: Vec::new(),
    };
    let violation = LongTail {
        items,
        sparsity,
        head_items_share: thresholds.head_items_share,
    };
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

/// Share of user-item pairs without an event; `None` without users, items and times.
pub fn sparsity(context: &Context<'_>) -> Result<Option<f64>, Cancelled> {
    let (Some(user), Some(item)) = (&context.log.user, &context.log.item) else {
        return Ok(None);
    };
    let Some(pairs) = context.num_pairs()? else {
        return Ok(None);
    };
    let cells = user.num as f64 * item.num as f64;
    Ok((cells > 0.0).then(|| 1.0 - pairs as f64 / cells))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_head_is_reported_and_an_even_catalogue_is_not() {
        let even: Vec<Option<i64>> = (0..400).map(|row| Some(row % 200)).collect();
        assert!(findings(&table(vec![("item", Col::I(even.clone()))]), "B04").is_empty());
        let mut headed = even;
        headed.extend(std::iter::repeat_n(Some(3), 398));
        let found = findings(&table(vec![("item", Col::I(headed))]), "B04");
        // 2 of 200 items: 400 + 2 of 798 events.
        assert_eq!((found[0].count, found[0].share), (2, Some(402.0 / 798.0)));
    }
}
