//! L05: sessions or users on both sides of a split that is made by them.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation, fact};
use crate::engine::audit::split_parts::{Parts, parts};
use crate::engine::ingest::Codes;
use crate::engine::progress::Cancelled;

/// Sessions or users on both sides of the split (L05)
///
/// ## What it checks
/// A column that names the part of each row (train, valid, test): the test rows of sessions, or else users, that
/// have training rows, too. Only where at most 5 % of those with two or more rows are on both sides, so that the
/// split is meant to be by them; at least 20 of them.
///
/// ## Why it matters
/// A model that has seen part of a session recognises the rest: the measured quality is not reached on new ones.
///
/// ## Example
/// 12 test rows belong to 7 sessions whose other rows are for training.
///
/// ## Proposed fix
/// None in place: move the rows to the side of their session, or drop them.
pub struct SplitOverlap(OddRows);

impl Violation for SplitOverlap {
    const INFO: RuleInfo = RuleInfo {
        code: "L05",
        name_en: "Sessions or users on both sides of the split",
        name_zh: "会话或用户横跨切分两侧",
        dimension: Dimension::Behaviour,
        source: include_str!("split_overlap.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("test rows", "测试行", "个"),
            "belong to a session or user with training rows",
            "所属的会话或用户也有训练行",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A model that has seen part of a session recognises the rest.",
            "模型见过会话的一部分，就能“认出”其余部分。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "5 %: with more of them on both sides the split is by rows or by time, which is a choice and not a slip.",
            "5 %：超过则说明切分是按行或按时间进行的，那是选择而不是失误。",
        )
    }
}

const MOST_SHARED: f64 = 0.05;
const LEAST_NAMED: usize = 20;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    if context.log.session.is_none() && context.log.user.is_none() {
        return Ok(Outcome::missing_roles("session or user", "会话或用户"));
    }
    let Some(parts) = parts(context)? else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a column that parts training from test rows",
            "需要区分训练和测试的列",
        )));
    };
    for role in [Role::Session, Role::User] {
        let Some(overlap) = context.codes(role).and_then(|codes| overlap(codes, &parts)) else {
            continue;
        };
        let tests = parts.is_test.iter().filter(|part| **part == Some(true)).count() as u64;
        let column = context.column_name(role);
        let make = |mut rows: OddRows| {
            let shared = overlap.shared as f64;
            rows.facts
                .push(fact("shared", "On both sides", "横跨两侧的个数", shared));
            SplitOverlap(rows)
        };
        let rows = (overlap.rows, tests);
        return Ok(odd_log_rows(context, rows, column.as_deref(), Severity::Warning, make));
    }
    Ok(Outcome::NotApplicable(Bilingual::new(
        "the split is neither by session nor by user",
        "切分既不按会话也不按用户",
    )))
}

struct Overlap {
    shared: usize,
    /// Test rows of those on both sides.
    rows: Vec<u32>,
}

/// `None` where the split is not made by these names.
fn overlap(codes: &Codes, parts: &Parts) -> Option<Overlap> {
    // Training and test rows of each name.
    let mut sides = vec![[0_u32; 2]; codes.num];
    for (&code, part) in codes.codes.iter().zip(&parts.is_test) {
        if let (true, Some(is_test)) = (code != NULL, part) {
            sides[code as usize][usize::from(*is_test)] += 1;
        }
    }
    let several = sides.iter().filter(|[train, test]| train + test >= 2).count();
    let is_shared = |code: u32| code != NULL && sides[code as usize].iter().all(|rows| *rows > 0);
    let shared = (0..codes.num as u32).filter(|&code| is_shared(code)).count();
    if several < LEAST_NAMED || shared as f64 > MOST_SHARED * several as f64 {
        return None;
    }
    let is_odd = |row: &u32| parts.is_test[*row as usize] == Some(true) && is_shared(codes.codes[*row as usize]);
    Some(Overlap {
        shared,
        rows: (0..codes.codes.len() as u32).filter(is_odd).collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, audited, findings, table};
    use crate::engine::audit::{CheckOutcome, CheckStatus};

    fn data(is_test: impl Fn(i64) -> bool) -> crate::engine::ingest::Dataset {
        let sessions = Col::I((0..400).map(|row| Some(row / 4)).collect());
        let part = |row| if is_test(row) { "test" } else { "train" };
        let parts = Col::S((0..400).map(|row| Some(part(row))).collect());
        table(vec![("session", sessions), ("split", parts)])
    }

    #[test]
    fn a_slip_between_sides_but_not_a_split_by_rows() {
        let by_session = |row: i64| row / 4 % 4 == 0;
        assert!(findings(&data(by_session), "L05").is_empty());
        // Row 21 is of a training session, row 33 of a test session.
        let found = findings(&data(|row| by_session(row) != (row == 21 || row == 33)), "L05");
        assert_eq!(found[0].rows.as_slice(), [21, 32, 34, 35]);
        assert_eq!(found[0].fact("shared"), Some(2.0));
        let report = audited(&data(|row| row % 4 == 0));
        let status = report.checks.iter().find(|check: &&CheckStatus| check.code == "L05");
        assert_eq!(status.map(|status| status.outcome), Some(CheckOutcome::NotApplicable));
    }
}
