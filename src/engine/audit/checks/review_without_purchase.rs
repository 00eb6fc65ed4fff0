//! B05: reviews of items the user never bought.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;

/// Review without earlier purchase (B05)
///
/// ## What it checks
/// Reviews for which the same user has no purchase of the same item at the same time or before. Only in logs that
/// hold both, and only where at least half of the reviews have a purchase: elsewhere purchases lie before the log.
///
/// ## Why it matters
/// Such reviews are bought, come from another account, or show that purchase events were lost; as positives they
/// teach a model what nobody paid for.
///
/// ## Example
/// 37 of 912 reviews are of items their users never bought.
///
/// ## Proposed fix
/// None: the missing purchases cannot be recovered.
pub struct ReviewWithoutPurchase(OddRows);

impl Violation for ReviewWithoutPurchase {
    const INFO: RuleInfo = RuleInfo {
        code: "B05",
        name_en: "Review without earlier purchase",
        name_zh: "无购买的评论",
        dimension: Dimension::Behaviour,
        source: include_str!("review_without_purchase.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("reviews", "评论", "条"),
            "have no earlier purchase of the item by the same user",
            "此前没有同一用户对该商品的购买",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Such reviews are bought, come from another account, or show that purchase events were lost.",
            "这类评论可能是刷评、来自其他账号，或说明购买事件丢失。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such review, as long as at least half of the reviews have a purchase.",
            "至少一半评论有对应购买时，出现即报告。",
        )
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(order) = context.user_items()? else {
        return Ok(Outcome::missing_roles("user, item and time", "用户、商品、时间"));
    };
    let purchases = context.event_codes(&[EventKind::Purchase]);
    let reviews = context.event_codes(&[EventKind::Review]);
    if purchases.is_empty() || reviews.is_empty() {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs both purchases and reviews",
            "需要同时有购买和评论事件",
        )));
    }
    let (mut all, mut rows) = (0_u64, Vec::new());
    for group in (0..order.num_users()).flat_map(|user| order.groups_of(user)) {
        let bought = group.iter().filter(|event| purchases.contains(&event.event));
        let first = bought.map(|event| event.time).min();
        for review in group.iter().filter(|event| reviews.contains(&event.event)) {
            all += 1;
            if first.is_none_or(|first| first > review.time) {
                rows.push(review.row);
            }
        }
    }
    if rows.len() as u64 * 2 > all {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "most reviews have no purchase in this log, so purchases lie outside it",
            "多数评论在该日志中没有购买记录，说明购买发生在日志之外",
        )));
    }
    let outcome = odd_log_rows(context, (rows, all), None, Severity::Warning, ReviewWithoutPurchase);
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{findings, log};

    #[test]
    fn a_purchase_counts_only_for_its_user_its_item_and_later_reviews() {
        let rows = [
            (1, 1, "purchase", 0),
            (1, 1, "review", 10),
            (1, 2, "review", 20), // never bought
            (2, 1, "review", 30), // another user bought it
            (2, 2, "purchase", 40),
            (2, 2, "review", 50),
            (3, 3, "purchase", 60),
            (3, 3, "review", 60),
        ];
        assert_eq!(findings(&log(&rows), "B05")[0].rows.as_slice(), [2, 3]);
        assert!(
            findings(&log(&rows[..4]), "B05").is_empty(),
            "most purchases lie outside the log"
        );
    }
}
