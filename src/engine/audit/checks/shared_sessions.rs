//! K08: session keys that several users share.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation, fact};
use crate::engine::progress::Cancelled;

/// Session of several users (K08)
///
/// ## What it checks
/// All rows of sessions whose rows name more than one user.
///
/// ## Why it matters
/// A session is one person's visit. Shared keys glue visits together: session features, next-item labels and
/// session-based splits mix people.
///
/// ## Example
/// 14 of 9,200 sessions hold two users.
///
/// ## Proposed fix
/// None in place: derive sessions anew from user and time.
pub struct SharedSessions(OddRows);

impl Violation for SharedSessions {
    const INFO: RuleInfo = RuleInfo {
        code: "K08",
        name_en: "Session of several users",
        name_zh: "多用户共用会话",
        dimension: Dimension::Consistency,
        source: include_str!("shared_sessions.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with a session", "带会话的", "行"),
            "are in sessions of more than one user",
            "所在会话属于多个用户",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A session is one person's visit; shared keys mix people in session features, labels and splits.",
            "会话应属于一个人；共用的会话标识会把不同的人混进特征、标签和切分。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new("Any session with two users.", "会话中出现两个用户即报告。")
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(session), Some(user)) = (&context.log.session, &context.log.user) else {
        return Ok(Outcome::missing_roles("session and user", "会话、用户"));
    };
    let mut owner = vec![NULL; session.num];
    let mut is_shared = vec![false; session.num];
    let mut keyed = 0_u64;
    for (&key, &person) in session.codes.iter().zip(user.codes.iter()) {
        if key == NULL {
            continue;
        }
        keyed += 1;
        let first = &mut owner[key as usize];
        if *first == NULL {
            *first = person;
        } else if person != NULL && person != *first {
            is_shared[key as usize] = true;
        }
    }
    let shared = is_shared.iter().filter(|shared| **shared).count();
    let flagged = |key: u32| key != NULL && is_shared[key as usize];
    let rows = (0..session.codes.len() as u32).filter(|&row| flagged(session.codes[row as usize]));
    let rows: Vec<u32> = if shared == 0 { Vec::new() } else { rows.collect() };
    let column = context.column_name(Role::Session);
    let make = |mut rows: OddRows| {
        rows.facts
            .push(fact("sessions", "Shared sessions", "共用的会话", shared as f64));
        SharedSessions(rows)
    };
    Ok(odd_log_rows(
        context,
        (rows, keyed),
        column.as_deref(),
        Severity::Warning,
        make,
    ))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn one_session_two_users() {
        let data = table(vec![
            (
                "session",
                Col::S(vec![Some("a"), Some("b"), Some("a"), Some("c"), None, Some("c")]),
            ),
            ("user", Col::I(vec![Some(1), Some(2), Some(3), Some(4), Some(5), None])),
        ]);
        let found = findings(&data, "K08");
        assert_eq!(found[0].rows.as_slice(), [0, 2], "a missing user is no second one");
        assert_eq!(found[0].fact("sessions"), Some(1.0));
    }
}
