//! L03: test rows that lie before training rows.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::audit::split_parts::{Parts, parts};
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::Cancelled;

/// Split not in order of time (L03)
///
/// ## What it checks
/// A column that names the part of each row (train, valid, test) beside a time: the rows on the wrong side of the
/// moment that parts training from test best. Only where at most 10 % of the rows are on the wrong side, so that
/// the split is meant to be by time.
///
/// ## Why it matters
/// A model that is trained on what came after its test rows knows their future: the measured quality is not reached
/// in the shop.
///
/// ## Example
/// 5 test rows lie weeks before the end of the training rows.
///
/// ## Proposed fix
/// None in place: split again by time, or drop the rows.
pub struct SplitOrder(OddRows);

impl Violation for SplitOrder {
    const INFO: RuleInfo = RuleInfo {
        code: "L03",
        name_en: "Split not in order of time",
        name_zh: "切分未按时间排列",
        dimension: Dimension::Behaviour,
        source: include_str!("split_order.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with a part and a time", "带切分和时间的", "行"),
            "are on the wrong side of the moment that parts training from test",
            "位于训练与测试分界时刻的错误一侧",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A model trained on what came after its test rows knows their future.",
            "用测试行之后的数据训练的模型已经“知道”了未来。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "10 %: with more on the wrong side the split was drawn at random, which is a choice and not a slip.",
            "10 %：超过则说明切分是随机的，那是选择而不是失误。",
        )
    }
}

const MOST_WRONG: f64 = 0.1;
const LEAST_ROWS: usize = 50;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(times) = context.log.time.as_deref() else {
        return Ok(Outcome::missing_roles("time", "时间"));
    };
    let Some(Parts { column, is_test }) = parts(context)? else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a column that parts training from test rows",
            "需要区分训练和测试的列",
        )));
    };
    // Time, whether it is a test row, row.
    let mut placed: Vec<(i64, bool, u32)> = (0..times.len())
        .filter(|&row| times[row] != NULL_TIME)
        .filter_map(|row| Some((times[row], is_test[row]?, row as u32)))
        .collect();
    placed.sort_unstable();
    context.progress.check()?;
    let is_wrong = wrong_side(&placed);
    let rows: Vec<u32> = placed
        .iter()
        .zip(&is_wrong)
        .filter(|(_, wrong)| **wrong)
        .map(|(at, _)| at.2)
        .collect();
    if placed.len() < LEAST_ROWS || rows.len() as f64 > MOST_WRONG * placed.len() as f64 {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "the split is not by time",
            "切分不是按时间进行的",
        )));
    }
    let of = placed.len() as u64;
    Ok(odd_log_rows(
        context,
        (rows, of),
        Some(&column),
        Severity::Warning,
        SplitOrder,
    ))
}

/// For rows in order of time: which are on the wrong side of the boundary with the fewest such rows.
fn wrong_side(placed: &[(i64, bool, u32)]) -> Vec<bool> {
    let trains = placed.iter().filter(|(_, test, _)| !test).count() as i64;
    // All rows are after the boundary: every training row is wrong.
    let (mut wrong, mut best) = (trains, (trains, 0));
    for (place, (time, test, _)) in placed.iter().enumerate() {
        wrong += if *test { 1 } else { -1 };
        let is_boundary = placed.get(place + 1).is_none_or(|(next, ..)| next != time);
        if is_boundary && wrong < best.0 {
            best = (wrong, place + 1);
        }
    }
    let is_wrong = |(place, (_, test, _)): (usize, &(i64, bool, u32))| (place < best.1) == *test;
    placed.iter().enumerate().map(is_wrong).collect()
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    fn split(of: impl Fn(i64) -> &'static str) -> Vec<crate::engine::audit::Finding> {
        let times = (0..200).map(|row| Some(1_600_000_000 + row * 60)).collect();
        let parts = (0..200).map(|row| Some(of(row))).collect();
        findings(&table(vec![("time", Col::T(times)), ("split", Col::S(parts))]), "L03")
    }

    #[test]
    fn slips_of_a_split_by_time_but_no_random_split() {
        let by_time = |row: i64| if row < 150 { "train" } else { "test" };
        assert!(split(by_time).is_empty());
        let slips = split(|row| match row {
            20 => "test",
            190 => "train",
            _ => by_time(row),
        });
        assert_eq!(slips[0].rows.as_slice(), [20, 190]);
        assert!(split(|row| if row % 4 == 0 { "test" } else { "train" }).is_empty());
        assert!(
            split(|row| if row < 150 { "train" } else { "other" }).is_empty(),
            "an unknown part"
        );
    }
}
