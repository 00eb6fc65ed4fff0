//! Rules and a log → outcomes.

use super::kinds::judge;
use super::outcome::{Judged, RuleOutcome, RuleStatus};
use super::rule::Rule;
use super::subject::{Scope, Stop, Subject, Tables, Verdict};
use super::title::title;
use crate::engine::artifact::Bilingual;
use crate::engine::audit::{AuditError, percent, thousands};
use crate::engine::ingest::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use std::sync::Arc;

/// Examples kept with an outcome.
const EXAMPLES: usize = 5;

/// Checks every rule over all rows; `now_ms` is what freshness is measured from. In the order of `rules`.
pub fn check(
    rules: &[Rule],
    dataset: &Dataset,
    tables: &Tables<'_>,
    now_ms: u64,
    progress: &Progress,
) -> Result<Vec<RuleOutcome>, AuditError> {
    progress.phase("checking the rules", "检查规则");
    let subject = Subject::new(dataset, tables, now_ms, progress)?;
    let outcomes = rules
        .par_iter()
        .with_max_len(1)
        .map(|rule| check_one(rule, &subject, None));
    Ok(outcomes.collect::<Result<_, Cancelled>>()?)
}

/// Checks one rule, on the rows of a mask where one is given.
pub(super) fn check_one(rule: &Rule, subject: &Subject<'_>, mask: Option<&[bool]>) -> Result<RuleOutcome, Cancelled> {
    let mut rows = 0;
    let scoped = Scope::of(subject, rule.filter.as_deref(), mask).and_then(|scope| {
        rows = scope.count();
        judge(&rule.expectation, subject, &scope)
    });
    match scoped {
        Ok(verdict) if verdict.checked == 0 && verdict.unit != Judged::Log => {
            Ok(undecided(rule, rows, verdict.missing, nothing_to_judge(rule, rows)))
        }
        Ok(verdict) => Ok(decided(rule, rows, verdict, subject)),
        Err(Stop::Undefined(why)) => Ok(undecided(rule, rows, 0, why)),
        Err(Stop::Cancelled(cancelled)) => Err(cancelled),
    }
}

fn nothing_to_judge(rule: &Rule, rows: u64) -> Bilingual {
    match (rows, &rule.filter) {
        (0, Some(_)) => Bilingual::new("no row satisfies its `where`", "没有行满足其 `where` 条件"),
        (0, None) => Bilingual::new("there are no rows", "没有任何行"),
        _ => Bilingual::new(
            format!("of {} rows none has what the rule judges", thousands(rows)),
            format!("{} 行中没有可判断的内容", thousands(rows)),
        ),
    }
}

fn decided(rule: &Rule, rows: u64, verdict: Verdict, subject: &Subject<'_>) -> RuleOutcome {
    let has_share = verdict.unit != Judged::Log;
    let share = has_share.then(|| verdict.failed as f64 / verdict.checked as f64);
    // The share as expected is compared, not the failing one: 9 of 10 is exactly what 0.9 means, while 1 − 0.9 is less
    // than 1 of 10 in floating point.
    let passed = if has_share {
        (verdict.checked - verdict.failed) as f64 / verdict.checked as f64 >= rule.mostly
    } else {
        verdict.failed == 0
    };
    let allowed_share = has_share.then(|| allowed(rule.mostly));
    let message = match verdict.message {
        Some(message) => message,
        None => sentence(&verdict, share.unwrap_or_default(), allowed_share.unwrap_or_default()),
    };
    RuleOutcome {
        rule: rule.clone(),
        title: title(&rule.expectation, rule.filter.as_deref()),
        status: if passed { RuleStatus::Passed } else { RuleStatus::Failed },
        unit: verdict.unit,
        rows,
        missing: verdict.missing,
        checked: verdict.checked,
        failed: verdict.failed,
        share,
        allowed_share,
        message,
        undefined: None,
        facts: verdict.facts,
        examples: verdict
            .rows
            .iter()
            .take(EXAMPLES)
            .map(|&row| subject.example(row))
            .collect(),
        failing_rows: Arc::new(verdict.rows),
    }
}

/// 1 − mostly without the dust of floating point, for people and files.
fn allowed(mostly: f64) -> f64 {
    ((1.0 - mostly) * 1e12).round() / 1e12
}

fn undecided(rule: &Rule, rows: u64, missing: u64, why: Bilingual) -> RuleOutcome {
    RuleOutcome {
        rule: rule.clone(),
        title: title(&rule.expectation, rule.filter.as_deref()),
        status: RuleStatus::Undefined,
        unit: Judged::Rows,
        rows,
        missing,
        checked: 0,
        failed: 0,
        share: None,
        allowed_share: None,
        message: Bilingual::new(format!("Not judged: {}.", why.en), format!("未判断：{}。", why.zh)),
        undefined: Some(why),
        facts: Vec::new(),
        examples: Vec::new(),
        failing_rows: Arc::default(),
    }
}

fn sentence(verdict: &Verdict, share: f64, allowed: f64) -> Bilingual {
    let (failed, checked) = (thousands(verdict.failed), thousands(verdict.checked));
    let (share, allowed) = (percent(share), percent(allowed));
    let (mut en, mut zh) = match verdict.unit {
        Judged::Days => (
            format!("{failed} of {checked} days ({share}) are not as expected; {allowed} may be."),
            format!("{checked} 天中有 {failed} 天（{share}）不符合预期；允许 {allowed}。"),
        ),
        _ => (
            format!("{failed} of {checked} rows ({share}) are not as expected; {allowed} may be."),
            format!("{checked} 行中有 {failed} 行（{share}）不符合预期；允许 {allowed}。"),
        ),
    };
    if verdict.missing > 0 {
        let missing = thousands(verdict.missing);
        en += &format!(" {missing} rows without a value were not judged.");
        zh += &format!("另有 {missing} 行缺少取值，未作判断。");
    }
    Bilingual::new(en, zh)
}
