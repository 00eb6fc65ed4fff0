//! B07: clicks on items that were never shown.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::audit::user_items::UserItemEvent;
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;

/// Click without exposure (B07)
///
/// ## What it checks
/// Clicks for which the same user has no view or exposure of the same item at the same time or in the 30 days
/// before, in logs that hold both.
///
/// ## Why it matters
/// The impression was not recorded: click-through rates are too high, and a model that learns from shown items
/// never sees these positives.
///
/// ## Example
/// 214 of 9,800 clicks have no exposure.
///
/// ## Proposed fix
/// None: the missing impressions cannot be recovered. Check the tracking of the list they come from.
pub struct ClickWithoutExposure(OddRows);

impl Violation for ClickWithoutExposure {
    const INFO: RuleInfo = RuleInfo {
        code: "B07",
        name_en: "Click without exposure",
        name_zh: "无曝光的点击",
        dimension: Dimension::Behaviour,
        source: include_str!("click_without_exposure.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("clicks", "点击", "次"),
            "are on items that were not shown before",
            "所点商品此前没有曝光",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "The impression was not recorded: click-through rates are too high, and training misses these positives.",
            "曝光没有被记录：点击率偏高，训练也会漏掉这些正样本。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "30 days is the usual attribution window; above half of the clicks the log simply does not record what is shown.",
            "30 天是常用的归因窗口；超过一半的点击无曝光，说明日志本就不记录曝光。",
        )
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(order) = context.user_items()? else {
        return Ok(Outcome::missing_roles("user, item and time", "用户、商品、时间"));
    };
    let clicks = context.event_codes(&[EventKind::Click]);
    let shown = context.event_codes(&[EventKind::View, EventKind::Exposure]);
    if clicks.is_empty() || shown.is_empty() {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs both exposures (or views) and clicks",
            "需要同时有曝光（或浏览）和点击事件",
        )));
    }
    let window = (context.thresholds().view_window_days * 86_400e6) as i64;
    let (mut all, mut rows) = (0_u64, Vec::new());
    let is_click = |event: &UserItemEvent| clicks.contains(&event.event);
    for group in (0..order.num_users()).flat_map(|user| order.groups_of(user)) {
        if !group.iter().any(is_click) {
            continue;
        }
        let seen: Vec<i64> = group
            .iter()
            .filter(|event| shown.contains(&event.event))
            .map(|event| event.time)
            .collect();
        for click in group.iter().filter(|event| is_click(event)) {
            all += 1;
            let reach = click.time.saturating_sub(window)..=click.time;
            if !seen.iter().any(|time| reach.contains(time)) {
                rows.push(click.row);
            }
        }
    }
    if rows.len() as u64 * 2 > all {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "most clicks have no exposure, so this log does not record what is shown",
            "多数点击没有曝光，说明该日志不记录曝光",
        )));
    }
    let outcome = odd_log_rows(context, (rows, all), None, Severity::Warning, ClickWithoutExposure);
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{findings, log};

    #[test]
    fn exposure_counts_for_its_user_its_item_and_later_clicks() {
        const DAY: i64 = 86_400;
        let rows = [
            (1, 1, "view", 0),
            (1, 1, "click", 5),
            (1, 1, "click", 31 * DAY), // a month ago is too long
            (1, 2, "click", 9),        // never shown
            (2, 1, "impression", 3),
            (2, 1, "click", 3),
            (3, 1, "view", 5),
            (3, 1, "click", 6),
        ];
        assert_eq!(findings(&log(&rows), "B07")[0].rows.as_slice(), [2, 3]);
    }
}
