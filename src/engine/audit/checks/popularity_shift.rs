//! B10: items that only the last part of the log knows.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation, fact};
use crate::engine::audit::wording::percent;
use crate::engine::progress::Cancelled;

/// Popularity shift (B10)
///
/// ## What it checks
/// The last fifth of the log's time against the four before: the rows on items that had no row before, and the share
/// of the rows on the head, the most frequent hundredth of the items of the first part. Reported where a tenth of
/// the last rows is on new items. At least 500 rows in either part and 100 items.
///
/// ## Why it matters
/// A model that is trained on the first part and tested on the last has never seen these items; what it reaches on
/// the others is not what the shop will see.
///
/// ## Example
/// 23 % of the last week's rows are on items that came that week; the head's share falls from 31 % to 18 %.
///
/// ## Proposed fix
/// None: measure new items as a slice of their own, and give the model their text.
pub struct PopularityShift {
    rows: OddRows,
    head: [f64; 2],
}

impl Violation for PopularityShift {
    const INFO: RuleInfo = RuleInfo {
        code: "B10",
        name_en: "Popularity shift",
        name_zh: "热度变化",
        dimension: Dimension::Behaviour,
        source: include_str!("popularity_shift.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.rows)
    }

    fn message(&self) -> Bilingual {
        let [before, after] = self.head.map(percent);
        self.rows.sentence(
            ("rows of the last fifth of the time", "最后五分之一时间的", "行"),
            &format!("are on items without a row before; the share of the head went from {before} to {after}"),
            &format!("属于之前从未出现的商品；头部商品的占比从 {before} 变为 {after}"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A model trained on the first part has never seen these items.",
            "用前一段训练的模型从未见过这些商品。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "A tenth of the last rows: below that new items hardly move a figure of the whole.",
            "占最后一段的十分之一：更少则几乎不影响整体指标。",
        )
    }
}

const LAST_PART: f64 = 0.2;
const HEAD: f64 = 0.01;
const NEW_SHARE: f64 = 0.1;
const LEAST_ROWS: u64 = 500;
const LEAST_ITEMS: usize = 100;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(item), Some(times), Some(core)) = (&context.log.item, context.log.time.as_deref(), context.core_time())
    else {
        return Ok(Outcome::missing_roles("item and time", "商品、时间"));
    };
    let boundary = core.end - ((core.end - core.start) as f64 * LAST_PART) as i64;
    let known = |row: &usize| item.codes[*row] != NULL && core.contains(times[*row]);
    let mut counts = vec![[0_u64; 2]; item.num];
    for row in (0..times.len()).filter(known) {
        counts[item.codes[row] as usize][usize::from(times[row] >= boundary)] += 1;
    }
    context.progress.check()?;
    let totals = [0, 1].map(|part| counts.iter().map(|count| count[part]).sum::<u64>());
    let mut old: Vec<[u64; 2]> = counts.iter().filter(|count| count[0] > 0).copied().collect();
    if totals.iter().any(|&rows| rows < LEAST_ROWS) || old.len() < LEAST_ITEMS {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs 100 items and 500 rows before and in the last fifth of the time",
            "需要 100 个商品，且最后五分之一时间及之前各有 500 行",
        )));
    }
    let is_new = |row: &usize| known(row) && counts[item.codes[*row] as usize][0] == 0;
    let rows: Vec<u32> = (0..times.len()).filter(is_new).map(|row| row as u32).collect();
    if (rows.len() as f64) < NEW_SHARE * totals[1] as f64 {
        return Ok(Outcome::Checked(Vec::new()));
    }
    old.sort_unstable_by(|a, b| b.cmp(a));
    let head = &old[..((old.len() as f64 * HEAD).ceil() as usize).min(old.len())];
    let share = |part: usize| head.iter().map(|count| count[part]).sum::<u64>() as f64 / totals[part] as f64;
    let head = [share(0), share(1)];
    let make = |mut rows: OddRows| {
        rows.facts.extend([
            fact("head_before", "Share of the head before", "此前头部占比", head[0]),
            fact(
                "head_after",
                "Share of the head in the last part",
                "最后一段头部占比",
                head[1],
            ),
        ]);
        PopularityShift { rows, head }
    };
    Ok(odd_log_rows(context, (rows, totals[1]), None, Severity::Info, make))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    /// 5,000 rows in 100 hours; item 0 has every fifth row before the last fifth.
    fn data(new: impl Fn(i64) -> bool) -> crate::engine::ingest::Dataset {
        let item = |row: i64| match row {
            _ if new(row) => 1_000 + row % 3,
            _ if row < 4_000 && row % 5 == 0 => 0,
            _ => 1 + row % 199,
        };
        table(vec![
            ("item", Col::I((0..5_000).map(|row| Some(item(row))).collect())),
            (
                "time",
                Col::T((0..5_000).map(|row| Some(1_600_000_000 + row * 72)).collect()),
            ),
        ])
    }

    #[test]
    fn new_items_of_the_last_fifth() {
        let found = findings(&data(|row| row >= 4_100 && row % 4 == 0), "B10");
        assert_eq!((found[0].count, found[0].rows[0]), (225, 4_100));
        let before = found[0].fact("head_before").expect("told");
        assert!((before - 0.2).abs() < 0.01, "{before}");
        assert!(findings(&data(|row| row >= 4_100 && row % 40 == 0), "B10").is_empty());
    }
}
