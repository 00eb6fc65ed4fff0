//! B01: purchases of items the user never looked at.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::over_time;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::user_items::UserItemEvent;
use crate::engine::audit::wording::{percent, plain, thousands};
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;
use rayon::prelude::*;

/// Purchase without earlier view (B01)
///
/// ## What it checks
/// Purchases for which the same user has no view or click of the same item at the same time or in the 30 days
/// before. Only in logs that hold views or clicks as well as purchases.
///
/// ## Why it matters
/// Such purchases come from lost view events, other devices, or from before the log starts. Conversion becomes
/// larger than it is, and a model trained on views to predict purchases never sees these positives.
///
/// ## Example
/// 8,431 of 96,000 purchases have no earlier view.
///
/// ## Proposed fix
/// None: the missing views cannot be recovered. Check the tracking, or leave the first days out.
pub struct UnseenPurchase {
    unseen: u64,
    purchases: u64,
    window_days: f64,
    error_share: f64,
    plots: Vec<FindingPlot>,
}

impl Violation for UnseenPurchase {
    const INFO: RuleInfo = RuleInfo {
        code: "B01",
        name_en: "Purchase without earlier view",
        name_zh: "无浏览的购买",
        dimension: Dimension::Behaviour,
        source: include_str!("unseen_purchase.rs"),
    };

    fn message(&self) -> Bilingual {
        let (unseen, all) = (thousands(self.unseen), thousands(self.purchases));
        let (share, days) = (
            percent(self.unseen as f64 / self.purchases as f64),
            plain(self.window_days),
        );
        Bilingual::new(
            format!(
                "{unseen} of {all} purchases ({share}) have no view or click of the same item by the same user in the {days} days before."
            ),
            format!("{all} 次购买中有 {unseen} 次（{share}）在此前 {days} 天内没有同一用户对同一商品的浏览或点击。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Views were lost or happened on another device: conversion looks larger than it is, and a model never sees these positives.",
            "浏览事件丢失或发生在其他设备上：转化率被高估，模型也看不到这些正样本。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let (days, share) = (plain(self.window_days), percent(self.error_share));
        Bilingual::new(
            format!(
                "{days} days is the usual attribution window. A few percent come from other devices and from before the log; above {share} tracking is broken."
            ),
            format!("{days} 天是常用的归因窗口。少量来自其他设备或日志开始之前；超过 {share} 说明埋点有问题。"),
        )
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            fact("purchases", "Purchases", "购买总数", self.purchases as f64),
            fact(
                "share_of_purchases",
                "Share of purchases",
                "占购买的比例",
                self.unseen as f64 / self.purchases as f64,
            ),
        ]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let bars = [
            (
                Bilingual::new("seen before", "先看过"),
                (self.purchases - self.unseen) as f64,
                false,
            ),
            (Bilingual::new("not seen", "没看过"), self.unseen as f64, true),
        ];
        let marks = crate::engine::audit::plot::Marks::Bars {
            labels: bars.iter().map(|bar| bar.0.clone()).collect(),
            values: bars.iter().map(|bar| bar.1).collect(),
            flagged: bars.iter().map(|bar| bar.2).collect(),
        };
        let title = Bilingual::new("Purchases", "购买");
        let count = Bilingual::new("purchases", "次数");
        let seen = FindingPlot::new(title.clone(), title, count, marks);
        self.plots.iter().cloned().chain([seen]).collect()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(order) = context.user_items()? else {
        return Ok(Outcome::missing_roles("user, item and time", "用户、商品、时间"));
    };
    let purchases = context.event_codes(&[EventKind::Purchase]);
    let views = context.event_codes(&[EventKind::View, EventKind::Click]);
    if purchases.is_empty() || views.is_empty() {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs both views (or clicks) and purchases",
            "需要同时有浏览（或点击）和购买事件",
        )));
    }
    let thresholds = context.thresholds();
    let window = (thresholds.view_window_days * 86_400e6) as i64;
    let found: Vec<(u64, Vec<u32>)> = (0..order.num_users())
        .into_par_iter()
        .map(|user| {
            let mut seen = (0, Vec::new());
            for group in order.groups_of(user) {
                unseen_in(group, &purchases, &views, window, &mut seen);
            }
            seen
        })
        .collect();
    let all: u64 = found.iter().map(|(count, _)| count).sum();
    let mut rows: Vec<u32> = found.into_iter().flat_map(|(_, rows)| rows).collect();
    if rows.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    rows.sort_unstable();
    let violation = UnseenPurchase {
        unseen: rows.len() as u64,
        purchases: all,
        window_days: thresholds.view_window_days,
        error_share: thresholds.unseen_purchase_error_share,
        plots: over_time(context, &rows).into_iter().collect(),
    };
    let is_error = rows.len() as f64 > thresholds.unseen_purchase_error_share * all as f64;
    let severity = if is_error { Severity::Error } else { Severity::Warning };
    let extent = Extent::of_rows(severity, None, rows, context.num_rows());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

/// Adds the purchases of one user on one item, and those without a view in the window, to `seen`.
fn unseen_in(group: &[UserItemEvent], purchases: &[u32], views: &[u32], window: i64, seen: &mut (u64, Vec<u32>)) {
    let bought = group.iter().filter(|event| purchases.contains(&event.event));
    let mut view_times: Option<Vec<i64>> = None;
    for purchase in bought {
        let times = view_times.get_or_insert_with(|| {
            let viewed = group.iter().filter(|event| views.contains(&event.event));
            let mut times: Vec<i64> = viewed.map(|event| event.time).collect();
            times.sort_unstable();
            times
        });
        seen.0 += 1;
        let before = times.partition_point(|&time| time <= purchase.time);
        let is_seen = before > 0 && purchase.time.saturating_sub(times[before - 1]) <= window;
        if !is_seen {
            seen.1.push(purchase.row);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_view_counts_only_for_its_user_its_item_its_past_and_thirty_days() {
        const DAY: i64 = 86_400;
        let rows = [
            (1, 1, "view", 0),
            (1, 1, "purchase", 0),            // same time: seen
            (1, 2, "purchase", 10),           // never viewed
            (1, 2, "view", 20),               // too late
            (2, 1, "purchase", 30),           // another user viewed it
            (1, 1, "purchase", 30 * DAY),     // exactly 30 days: seen
            (1, 1, "purchase", 30 * DAY + 1), // a second too old
            (3, 3, "click", 5),
            (3, 3, "purchase", 6),
        ];
        let data = table(vec![
            ("user", Col::I(rows.iter().map(|row| Some(row.0)).collect())),
            ("item", Col::I(rows.iter().map(|row| Some(row.1)).collect())),
            ("event", Col::S(rows.iter().map(|row| Some(row.2)).collect())),
            (
                "time",
                Col::T(rows.iter().map(|row| Some(1_600_000_000 + row.3)).collect()),
            ),
        ]);
        let found = findings(&data, "B01");
        assert_eq!(found[0].rows.as_slice(), [2, 4, 6]);
        assert_eq!(found[0].fact("purchases"), Some(6.0));
    }
}
