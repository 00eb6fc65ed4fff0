//! What crosses the boundary between train and test: a report after any split, whatever the strategy.

use super::config::Strategy;
use super::split::Part;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::thousands;
use hashbrown::HashSet;
use serde::{Deserialize, Serialize};
use std::hash::Hash;

/// One check of a split. `count` of `of` rows are affected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeakCheck {
    /// `time_order`, `session_overlap`, `user_item_overlap`, `user_overlap`, `text_overlap`, `label_window`.
    pub code: String,
    pub severity: Severity,
    pub count: u64,
    pub of: u64,
    /// 0..=1
    pub share: f64,
    pub message: Bilingual,
}

/// What the checks look at, one entry an example; `None` where the log has no such column.
#[derive(Default)]
pub struct LeakInput<'a> {
    pub times: Option<&'a [Option<i64>]>,
    pub users: Option<&'a [Option<u64>]>,
    pub items: Option<&'a [Option<u64>]>,
    pub sessions: Option<&'a [Option<u64>]>,
    /// Hash of all text a model reads.
    pub texts: Option<&'a [u64]>,
    /// Microseconds after its event in which a label is decided.
    pub label_window: Option<i64>,
}

/// Rows of the two parts that must not know of each other.
struct Sides {
    train: Vec<usize>,
    test: Vec<usize>,
}

/// Runs every check that applies, in a fixed order. A check that finds nothing is reported as `Info` with count 0.
pub fn leak_checks(input: &LeakInput<'_>, parts: &[Option<Part>], strategy: Strategy) -> Vec<LeakCheck> {
    let rows = |part: Part| -> Vec<usize> { (0..parts.len()).filter(|&row| parts[row] == Some(part)).collect() };
    let sides = Sides {
        train: rows(Part::Train),
        test: rows(Part::Test),
    };
    let mut found = time_checks(input, &sides, strategy);
    found.extend(overlap_checks(input, &sides, strategy));
    found
}

fn check(code: &str, severity: Severity, (count, of): (usize, usize), (en, zh): (&str, &str)) -> LeakCheck {
    let [shown, all] = [count, of].map(|number| thousands(number as u64));
    LeakCheck {
        code: code.to_owned(),
        severity: if count == 0 { Severity::Info } else { severity },
        count: count as u64,
        of: of as u64,
        share: count as f64 / of.max(1) as f64,
        message: Bilingual::new(format!("{shown} of {all} {en}"), format!("{all} 行中有 {shown} 行{zh}")),
    }
}

fn time_checks(input: &LeakInput<'_>, sides: &Sides, strategy: Strategy) -> Vec<LeakCheck> {
    let Some(times) = input.times else { return Vec::new() };
    let Some(first) = sides.test.iter().filter_map(|&row| times[row]).min() else {
        return Vec::new();
    };
    let count = |is_so: &dyn Fn(i64) -> bool| {
        let so = sides.train.iter().filter(|&&row| times[row].is_some_and(is_so));
        (so.count(), sides.train.len())
    };
    let severity = if strategy == Strategy::Time {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut found = vec![check(
        "time_order",
        severity,
        count(&|time| time >= first),
        (
            "training rows are not older than the first test row",
            "训练行不早于首个测试行",
        ),
    )];
    found.extend(input.label_window.map(|window| {
        check(
            "label_window",
            Severity::Info,
            count(&|time| time < first && time.saturating_add(window) >= first),
            (
                "training labels were decided by events in the test period; set an embargo to leave these rows out",
                "训练标签由测试期内的事件决定；可设置隔离期排除这些行",
            ),
        )
    }));
    found
}

fn overlap_checks(input: &LeakInput<'_>, sides: &Sides, strategy: Strategy) -> Vec<LeakCheck> {
    let pairs = input.users.zip(input.items).map(|(users, items)| {
        let pairs = users.iter().zip(items).map(|(user, item)| user.zip(*item));
        overlap(&pairs.collect::<Vec<_>>(), sides)
    });
    let texts = input
        .texts
        .map(|texts| overlap(&texts.iter().copied().map(Some).collect::<Vec<_>>(), sides));
    let of_users = if strategy == Strategy::User {
        Severity::Error
    } else {
        Severity::Info
    };
    let checks = [
        (
            "session_overlap",
            Severity::Warning,
            input.sessions.map(|keys| overlap(keys, sides)),
            (
                "test rows belong to a session that is also in train",
                "测试行的会话也出现在训练集中",
            ),
        ),
        (
            "user_item_overlap",
            Severity::Warning,
            pairs,
            (
                "test rows repeat a user-item pair of train",
                "测试行的用户-商品对也出现在训练集中",
            ),
        ),
        (
            "user_overlap",
            of_users,
            input.users.map(|keys| overlap(keys, sides)),
            (
                "test rows are of users known from train; the others are cold",
                "测试行的用户在训练集中出现过，其余为冷启动用户",
            ),
        ),
        (
            "item_overlap",
            Severity::Info,
            input.items.map(|keys| overlap(keys, sides)),
            (
                "test rows are of items known from train; the others are cold",
                "测试行的商品在训练集中出现过，其余为冷启动商品",
            ),
        ),
        (
            "text_overlap",
            Severity::Info,
            texts,
            (
                "test rows have exactly the text of a training row",
                "测试行的文本与某训练行完全相同",
            ),
        ),
    ];
    let found = checks
        .into_iter()
        .filter_map(|(code, severity, counted, words)| Some(check(code, severity, counted?, words)));
    found.collect()
}

/// Test rows whose key also occurs in train, and all test rows.
fn overlap<T: Hash + Eq + Copy>(keys: &[Option<T>], sides: &Sides) -> (usize, usize) {
    let known: HashSet<T> = sides.train.iter().filter_map(|&row| keys[row]).collect();
    let shared = sides
        .test
        .iter()
        .filter(|&&row| keys[row].is_some_and(|key| known.contains(&key)))
        .count();
    (shared, sides.test.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(found: &[LeakCheck], code: &str) -> (u64, u64, Severity) {
        let check = found
            .iter()
            .find(|check| check.code == code)
            .expect("the check applies");
        (check.count, check.of, check.severity)
    }

    #[test]
    fn what_crosses_the_boundary_is_counted() {
        use Part::{Test, Train};
        let parts = [Train, Train, Train, Test, Test].map(Some);
        let times = [1, 9, 5, 6, 7].map(Some);
        let users = [Some(1), Some(2), None, Some(1), Some(3)];
        let items = [7, 8, 7, 7, 8].map(Some);
        let sessions = [1, 2, 3, 3, 4].map(Some);
        let input = LeakInput {
            times: Some(&times),
            users: Some(&users),
            items: Some(&items),
            sessions: Some(&sessions),
            texts: Some(&[1, 2, 3, 4, 4]),
            label_window: Some(1),
        };
        let found = leak_checks(&input, &parts, Strategy::Random);
        assert_eq!(count(&found, "time_order"), (1, 3, Severity::Warning));
        assert_eq!(count(&found, "label_window"), (1, 3, Severity::Info));
        assert_eq!(count(&found, "session_overlap"), (1, 2, Severity::Warning));
        assert_eq!(count(&found, "user_item_overlap"), (1, 2, Severity::Warning));
        assert_eq!(count(&found, "user_overlap"), (1, 2, Severity::Info));
        assert_eq!(count(&found, "item_overlap"), (2, 2, Severity::Info));
        assert_eq!(count(&found, "text_overlap"), (0, 2, Severity::Info));
        assert!(leak_checks(&LeakInput::default(), &parts, Strategy::Time).is_empty());
    }
}
