//! Rules and verdicts in few words, for the tests of the rules.

use super::{Rule, RuleFile, RuleOutcome, RuleStatus, Tables, check};
use crate::engine::audit::fixture::NOW_SECS;
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;

/// The rule that the lines after `[[rule]]` say.
pub fn read(lines: &str) -> Rule {
    let text = format!("version = 1\n[[rule]]\n{lines}\n");
    let mut file = RuleFile::parse(&text, "rules.toml").unwrap_or_else(|error| panic!("{error}"));
    file.rules.pop().expect("one rule")
}

pub fn outcome_of(rule: &Rule, data: &Dataset, tables: &Tables<'_>) -> RuleOutcome {
    let now = NOW_SECS as u64 * 1_000;
    let mut found = check(std::slice::from_ref(rule), data, tables, now, &Progress::new()).expect("a sound table");
    found.pop().expect("one outcome a rule")
}

/// What becomes of the rule that these lines say.
pub fn outcome(lines: &str, data: &Dataset) -> RuleOutcome {
    outcome_of(&read(lines), data, &Tables::default())
}

/// Fails the test unless the rule was judged: rows judged, rows failed, and the lines of the failing ones.
#[track_caller]
pub fn assert_judged(lines: &str, data: &Dataset, (checked, failed): (u64, u64), on_lines: &[u32]) {
    let found = outcome(lines, data);
    assert_eq!(
        (found.checked, found.failed),
        (checked, failed),
        "{lines}: {}",
        found.message.en
    );
    let wanted = if failed == 0 {
        RuleStatus::Passed
    } else {
        RuleStatus::Failed
    };
    assert_eq!(found.status, wanted, "{lines}");
    let lines_of: Vec<u32> = found.examples.iter().map(|example| example.line).collect();
    assert_eq!(lines_of, on_lines, "{lines}");
}

/// Fails the test unless the rule could not be judged, for a reason with these words.
#[track_caller]
pub fn assert_undefined(lines: &str, data: &Dataset, words: &[&str]) {
    let found = outcome(lines, data);
    assert_eq!(found.status, RuleStatus::Undefined, "{lines}: {}", found.message.en);
    assert_eq!(
        (found.share, found.checked, found.passed()),
        (None, 0, false),
        "{lines}"
    );
    let why = found.undefined.expect("an undefined outcome has a reason");
    for word in words {
        assert!(why.en.contains(word), "{lines}: `{word}` is not in: {}", why.en);
    }
    assert!(!why.zh.is_empty(), "{lines}");
}
