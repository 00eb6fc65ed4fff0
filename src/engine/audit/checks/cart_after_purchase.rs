//! B06: carts that come after the purchase they led to.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::audit::user_items::UserItemEvent;
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;

/// Cart after purchase (B06)
///
/// ## What it checks
/// Cart events within 10 minutes after a purchase of the same item by the same user, without a cart before that
/// purchase, without a view or click in between and without another purchase within the day after.
///
/// ## Why it matters
/// The two events arrived in the wrong order, or their clocks differ. What happened before the purchase is then in
/// its future, and a feature built at the time of the purchase misses it.
///
/// ## Example
/// 12 of 3,400 carts follow the purchase by a few seconds.
///
/// ## Proposed fix
/// None: the true order is unknown. Sort ties by the order of the funnel when features are built.
pub struct CartAfterPurchase(OddRows);

impl Violation for CartAfterPurchase {
    const INFO: RuleInfo = RuleInfo {
        code: "B06",
        name_en: "Cart after purchase",
        name_zh: "购买后才加购",
        dimension: Dimension::Behaviour,
        source: include_str!("cart_after_purchase.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("carts", "加购", "次"),
            "come right after the purchase of the same item",
            "紧跟在同一商品的购买之后",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "The two events arrived in the wrong order; a feature built at the time of the purchase misses the cart.",
            "两个事件顺序颠倒；按购买时刻构建的特征会漏掉加购。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "10 minutes: later carts are of people who buy again, and those look at the item first.",
            "10 分钟：更晚的加购属于复购，而复购前会先浏览。",
        )
    }
}

const WITHIN: i64 = 600_000_000;
const DAY: i64 = 86_400_000_000;

/// Codes of the events that make or break the pattern.
struct Codes {
    carts: Vec<u32>,
    purchases: Vec<u32>,
    looks: Vec<u32>,
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(order) = context.user_items()? else {
        return Ok(Outcome::missing_roles("user, item and time", "用户、商品、时间"));
    };
    let codes = Codes {
        carts: context.event_codes(&[EventKind::Cart]),
        purchases: context.event_codes(&[EventKind::Purchase]),
        looks: context.event_codes(&[EventKind::View, EventKind::Click, EventKind::Exposure]),
    };
    if codes.carts.is_empty() || codes.purchases.is_empty() {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs both carts and purchases",
            "需要同时有加购和购买事件",
        )));
    }
    let (mut all, mut rows) = (0_u64, Vec::new());
    for group in (0..order.num_users()).flat_map(|user| order.groups_of(user)) {
        let carts = group.iter().filter(|event| codes.carts.contains(&event.event));
        for cart in carts {
            all += 1;
            if is_late(cart, group, &codes) {
                rows.push(cart.row);
            }
        }
    }
    let outcome = odd_log_rows(context, (rows, all), None, Severity::Warning, CartAfterPurchase);
    Ok(outcome)
}

fn is_late(cart: &UserItemEvent, group: &[UserItemEvent], codes: &Codes) -> bool {
    let times = |events: &[u32]| {
        let of_kind = group.iter().filter(|event| events.contains(&event.event));
        of_kind.map(|event| event.time).collect::<Vec<i64>>()
    };
    let purchases = times(&codes.purchases);
    let Some(bought) = purchases.iter().copied().filter(|&time| time < cart.time).max() else {
        return false;
    };
    let soon = cart.time - bought <= WITHIN;
    let carted_before = times(&codes.carts).iter().any(|&time| time <= bought);
    let looked_between = times(&codes.looks)
        .iter()
        .any(|time| (bought..=cart.time).contains(time));
    let bought_again = purchases
        .iter()
        .any(|&time| time >= cart.time && time - cart.time <= DAY);
    soon && !carted_before && !looked_between && !bought_again
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{findings, log};

    #[test]
    fn only_carts_that_belong_before_their_purchase() {
        let rows = [
            (1, 1, "view", 0),
            (1, 1, "purchase", 20),
            (1, 1, "cart", 25), // swapped
            (2, 1, "cart", 0),
            (2, 1, "purchase", 20),
            (2, 1, "cart", 25), // the cart before it explains the purchase
            (3, 1, "purchase", 20),
            (3, 1, "view", 22),
            (3, 1, "cart", 25), // looked again
            (4, 1, "purchase", 20),
            (4, 1, "cart", 621), // too late
            (5, 1, "purchase", 20),
            (5, 1, "cart", 25),
            (5, 1, "purchase", 40), // bought again
        ];
        assert_eq!(findings(&log(&rows), "B06")[0].rows.as_slice(), [2]);
    }
}
