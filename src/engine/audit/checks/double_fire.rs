//! U02: the same event of the same user on the same item, fired again at once.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::neighbours::{Pair, Pairs, pairs};
use crate::engine::audit::plot::{Axis, FindingPlot, Marks};
use crate::engine::audit::plots::{over_time, rows_label};
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, plain, thousands};
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;

/// Double-fired events (U02)
///
/// ## What it checks
/// With the log ordered by user, item, event and time: a row is a double-fire if the row before it has the same
/// user, item and event and lies at most 1 second (5 seconds for purchases) earlier, but not at the same time:
/// equal times belong to U01 (exact copies) and U03 (other payload). Needs times to the second.
///
/// ## Why it matters
/// A click handler bound twice or a retry without an identifier doubles events, lifts conversion and teaches a
/// model that repeats are common.
///
/// ## Example
/// User 512 adds item 1004856 to the cart at 10:00:00 and again at 10:00:01.
///
/// ## Proposed fix
/// Drop the repeats, keep the first of each run.
pub struct DoubleFire {
    repeats: u64,
    total: u64,
    secs: f64,
    purchase_secs: f64,
    columns: Vec<String>,
    time_column: String,
    event_column: Option<String>,
    purchases: Vec<String>,
    plots: Vec<FindingPlot>,
}

impl Violation for DoubleFire {
    const INFO: RuleInfo = RuleInfo {
        code: "U02",
        name_en: "Double-fired events",
        name_zh: "重复触发的事件",
        dimension: Dimension::Uniqueness,
        source: include_str!("double_fire.rs"),
    };

    fn message(&self) -> Bilingual {
        let (count, share) = (
            thousands(self.repeats),
            percent(self.repeats as f64 / self.total as f64),
        );
        let (secs, purchase) = (plain(self.secs), plain(self.purchase_secs));
        Bilingual::new(
            format!(
                "{count} rows ({share}) repeat the same user, item and event within {secs} s ({purchase} s for purchases)."
            ),
            format!("{count} 行（{share}）在 {secs} 秒内（购买为 {purchase} 秒）重复了同一用户、商品和事件。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A handler bound twice or a retried request doubles events and lifts conversion that never happened.",
            "重复绑定的监听或请求重试会让事件翻倍，抬高并不存在的转化。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Nobody triggers the same event on the same item twice within a second on purpose, and a checkout takes longer than five.",
            "没有人会在一秒内对同一商品有意触发两次相同事件，而一次下单至少需要五秒以上。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropRepeats {
            columns: self.columns.clone(),
            time_column: self.time_column.clone(),
            within_secs: self.secs,
            event_column: self.event_column.clone(),
            slow_events: self.purchases.clone(),
            slow_within_secs: self.purchase_secs,
        };
        Some((fix, Bilingual::new("Drop the repeats", "删除重复触发")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact("repeats", "Repeated events", "重复触发次数", self.repeats as f64)]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let thresholds = context.thresholds();
    let purchases = context.event_codes(&[EventKind::Purchase]);
    let (limit, purchase_limit) = (micros(thresholds.repeat_secs), micros(thresholds.repeat_purchase_secs));
    let is_repeat = |event: u32, gap: i64| {
        let is_purchase = purchases.contains(&event);
        gap > 0 && gap <= if is_purchase { purchase_limit } else { limit }
    };
    let repeats = match pairs(context, is_repeat)? {
        Pairs::Found(repeats) => repeats,
        Pairs::Missing(outcome) => return Ok(outcome),
    };
    if repeats.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let rows: Vec<u32> = repeats.iter().map(|repeat| repeat.later).collect();
    let name = |role| context.column_name(role);
    let event_names = context.event_names();
    let violation = DoubleFire {
        repeats: rows.len() as u64,
        total: context.num_rows() as u64,
        secs: thresholds.repeat_secs,
        purchase_secs: thresholds.repeat_purchase_secs,
        columns: [Role::User, Role::Item, Role::Event]
            .into_iter()
            .filter_map(name)
            .collect(),
        time_column: name(Role::Time).unwrap_or_default(),
        event_column: name(Role::Event),
        purchases: purchases
            .iter()
            .map(|&code| event_names[code as usize].clone())
            .collect(),
        plots: gap_plot(&repeats, thresholds.repeat_purchase_secs)
            .into_iter()
            .chain(over_time(context, &rows))
            .collect(),
    };
    let extent = Extent::of_rows(Severity::Warning, None, rows, context.num_rows());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

fn micros(secs: f64) -> i64 {
    (secs * 1e6).round() as i64
}

fn gap_plot(repeats: &[Pair], last_secs: f64) -> Option<FindingPlot> {
    const BINS: usize = 20;
    let width = last_secs / BINS as f64;
    let mut counts = vec![0.0; BINS];
    for repeat in repeats {
        let bin = (repeat.gap_micros as f64 / 1e6 / width) as usize;
        counts[bin.min(BINS - 1)] += 1.0;
    }
    let marks = Marks::Histogram {
        edges: (0..=BINS).map(|bin| bin as f64 * width).collect(),
        flagged: counts.clone(),
        counts,
    };
    let plot = FindingPlot::new(
        Bilingual::new("Time between an event and its repeat", "事件与其重复之间的间隔"),
        Bilingual::new("seconds", "秒"),
        rows_label(),
        marks,
    );
    Some(plot.with_threshold(Axis::X, 1.0, Bilingual::new("1 s", "1 秒")))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    fn log(rows: &[(i64, i64, &str, i64)]) -> Vec<(&'static str, Col<'static>)> {
        let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        vec![
            ("user", Col::I(rows.iter().map(|row| Some(row.0)).collect())),
            ("item", Col::I(rows.iter().map(|row| Some(row.1)).collect())),
            ("event", Col::S(rows.iter().map(|row| Some(leak(row.2))).collect())),
            (
                "time",
                Col::T(rows.iter().map(|row| Some(1_700_000_000 + row.3)).collect()),
            ),
        ]
    }

    #[test]
    fn repeats_within_the_limit_of_their_event_are_found() {
        let rows = [
            (1, 9, "view", 0),
            (1, 9, "view", 1), // repeat
            (1, 9, "view", 3), // two seconds later: none
            (1, 9, "purchase", 10),
            (1, 9, "purchase", 15), // five seconds for purchases
            (1, 8, "view", 3),      // other item
            (2, 9, "view", 3),      // other user
            (1, 9, "cart", 3),      // other event
        ];
        let found = findings(&table(log(&rows)), "U02");
        assert_eq!(found[0].rows.as_slice(), [1, 4]);
    }

    #[test]
    fn equal_times_belong_to_u01_and_u03() {
        let rows = [
            (1, 9, "view", 0),
            (1, 9, "view", 0),
            (1, 9, "view", 1),
            (1, 9, "view", 1),
        ];
        assert_eq!(findings(&table(log(&rows)), "U02")[0].rows.as_slice(), [2]);
    }

    #[test]
    fn minute_resolution_is_not_judged() {
        let rows = [(1, 9, "view", 40), (1, 9, "view", 40), (1, 9, "view", 100)];
        assert_eq!((1_700_000_000 + 40) % 60, 0);
        assert!(findings(&table(log(&rows)), "U02").is_empty());
    }
}
