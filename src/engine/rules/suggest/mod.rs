//! Rules proposed from a log, each with its evidence, and tried on rows it was not drawn from before it is accepted.
//!
//! A candidate is judged on the part it was drawn from, which sets its `mostly`: 1 where no row breaks it, else one
//! less the upper confidence bound of the failing share. Then it is tried on the held-out part; what fails there is
//! reported, but not accepted. The bound that goes with a rule comes from the held-out part alone, because a rule
//! fits the rows it was made for too well.

mod bound;
mod columns;
mod document;
mod held_out;
mod log;
mod shape;

pub use bound::{CONFIDENCE, upper_bound};
pub use document::{comment, document};

use super::check::check_one;
use super::outcome::{Judged, RuleOutcome, RuleStatus};
use super::rule::{Expectation, Rule};
use super::subject::{Subject, Tables};
use super::title::title;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::{AuditError, percent, thousands};
use crate::engine::ingest::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use serde::Serialize;

/// What a log suggests.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestions {
    /// How the rows were parted.
    pub parts: Bilingual,
    pub fit_rows: u64,
    pub test_rows: u64,
    /// In the order of the columns, then of the log.
    pub rules: Vec<Suggestion>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    #[serde(flatten)]
    pub rule: Rule,
    pub title: Bilingual,
    /// What in the rows it was drawn from speaks for it.
    pub evidence: Bilingual,
    pub fit: Trial,
    pub back_test: Trial,
    /// Failing share that is not exceeded with 95 % confidence, from the held-out rows.
    pub upper_bound: Option<f64>,
    pub accepted: bool,
    /// Why it was not accepted.
    pub refused: Option<Bilingual>,
}

/// A rule judged on one part of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trial {
    pub checked: u64,
    pub failed: u64,
    pub passed: bool,
}

impl From<&RuleOutcome> for Trial {
    fn from(outcome: &RuleOutcome) -> Self {
        Self {
            checked: outcome.checked,
            failed: outcome.failed,
            passed: outcome.passed(),
        }
    }
}

/// A rule that might hold, before it is judged.
struct Candidate {
    expectation: Expectation,
    severity: Severity,
    /// If a larger share of the rows it was drawn from breaks it, it is no rule.
    most_failing: f64,
    evidence: Option<Bilingual>,
}

/// The log that rules are tried on: a part of the same one, or another.
struct Trials<'a> {
    fit_subject: &'a Subject<'a>,
    fit: &'a [bool],
    test_subject: &'a Subject<'a>,
    test: &'a [bool],
}

/// Proposes rules from a log. They are tried on `back_test` where it is given, else on the log's newest fifth.
pub fn suggest(
    dataset: &Dataset,
    back_test: Option<&Dataset>,
    tables: &Tables<'_>,
    now_ms: u64,
    progress: &Progress,
) -> Result<Suggestions, AuditError> {
    progress.phase("looking for rules", "寻找规则");
    let subject = Subject::new(dataset, tables, now_ms, progress)?;
    let other = back_test
        .map(|other| Subject::new(other, tables, now_ms, progress))
        .transpose()?;
    let (parts, test_subject) = match &other {
        None => (held_out::part(&subject), &subject),
        Some(other) => (whole(dataset, other.dataset), other),
    };
    let trials = Trials {
        fit_subject: &subject,
        fit: &parts.fit,
        test_subject,
        test: &parts.test,
    };
    let mut candidates = columns::candidates(&subject, &parts.fit)?;
    candidates.extend(log::candidates(&subject));
    candidates.extend(log::volume(&subject, &parts.fit));
    let judged = candidates
        .par_iter()
        .with_max_len(1)
        .map(|candidate| trials.judge(candidate));
    let judged: Vec<Option<Suggestion>> = judged.collect::<Result<_, Cancelled>>()?;
    let mut rules: Vec<Suggestion> = judged.into_iter().flatten().collect();
    drop_implied(&mut rules);
    rules.extend(trials.freshness()?);
    let count = |mask: &[bool]| mask.iter().filter(|&&inside| inside).count() as u64;
    Ok(Suggestions {
        parts: parts.how,
        fit_rows: count(&parts.fit),
        test_rows: count(&parts.test),
        rules,
    })
}

fn whole(fit: &Dataset, test: &Dataset) -> held_out::Parts {
    let (fit_name, test_name) = (&fit.info.name, &test.info.name);
    held_out::Parts {
        fit: vec![true; fit.num_rows()],
        test: vec![true; test.num_rows()],
        how: Bilingual::new(
            format!("drawn from all rows of {fit_name}, tried on all rows of {test_name}"),
            format!("依据 {fit_name} 的全部行提出，在 {test_name} 的全部行上回测"),
        ),
    }
}

/// An order that holds in the whole file holds within each user as well.
fn drop_implied(rules: &mut Vec<Suggestion>) {
    let is_order = |rule: &Suggestion, grouped: bool| matches!(&rule.rule.expectation, Expectation::Monotone { group, .. } if group.is_empty() != grouped);
    if rules.iter().any(|rule| rule.accepted && is_order(rule, false)) {
        rules.retain(|rule| !is_order(rule, true));
    } else {
        rules.retain(|rule| !is_order(rule, false));
    }
}

impl Trials<'_> {
    /// `None` where too many of the rows it was drawn from break it, or none can be judged.
    fn judge(&self, candidate: &Candidate) -> Result<Option<Suggestion>, Cancelled> {
        let mut rule = Rule {
            expectation: candidate.expectation.clone(),
            filter: None,
            mostly: 1.0,
            severity: candidate.severity,
            reason: None,
        };
        let fit = check_one(&rule, self.fit_subject, Some(self.fit))?;
        let Some(share) = fit.share.filter(|&share| share <= candidate.most_failing) else {
            return Ok(None);
        };
        if fit.failed > 0 {
            let bound = upper_bound(fit.failed, fit.checked).unwrap_or(1.0).max(share);
            rule.mostly = ((1.0 - bound) * 10_000.0).floor() / 10_000.0;
            if rule.mostly <= 0.0 {
                return Ok(None);
            }
        }
        let test = check_one(&rule, self.test_subject, Some(self.test))?;
        let fit = Trial {
            passed: true,
            ..Trial::from(&fit)
        };
        Ok(Some(Suggestion {
            title: title(&rule.expectation, None),
            evidence: evidence(candidate, fit, &test),
            fit,
            back_test: Trial::from(&test),
            upper_bound: upper_bound(test.failed, test.checked),
            accepted: test.passed(),
            refused: refusal(&test),
            rule,
        }))
    }

    /// Freshness is no share of rows: it is tried on the pauses of the held-out part, and on how old the log is now.
    fn freshness(&self) -> Result<Option<Suggestion>, Cancelled> {
        let Some(silence) = log::freshness(self.fit_subject, self.fit) else {
            return Ok(None);
        };
        let rule = Rule {
            expectation: silence.expectation,
            filter: None,
            mostly: 1.0,
            severity: Severity::Warning,
            reason: None,
        };
        let pauses = |subject, mask| {
            let (checked, failed) = log::pauses(subject, mask, silence.within).unwrap_or_default();
            Trial {
                checked,
                failed,
                passed: checked > 0 && failed == 0,
            }
        };
        let back_test = pauses(self.test_subject, self.test);
        let now = check_one(&rule, self.test_subject, None)?;
        let refused = if !back_test.passed {
            let (failed, checked) = (thousands(back_test.failed), thousands(back_test.checked));
            Some(Bilingual::new(
                format!("{failed} of {checked} pauses of the held-out rows are longer"),
                format!("留出部分的 {checked} 个间隔中有 {failed} 个更长"),
            ))
        } else {
            (!now.passed()).then(|| {
                Bilingual::new(
                    format!(
                        "it would fail today; take it up where the log is fed: {}",
                        now.message.en
                    ),
                    format!("今天将不通过；请在持续更新的数据上启用：{}", now.message.zh),
                )
            })
        };
        Ok(Some(Suggestion {
            title: title(&rule.expectation, None),
            evidence: silence.evidence,
            fit: pauses(self.fit_subject, self.fit),
            back_test,
            upper_bound: upper_bound(back_test.failed, back_test.checked),
            accepted: refused.is_none(),
            refused,
            rule,
        }))
    }
}

fn evidence(candidate: &Candidate, fit: Trial, test: &RuleOutcome) -> Bilingual {
    let (failed, checked) = (thousands(fit.failed), thousands(fit.checked));
    let (unit_en, unit_zh) = match test.unit {
        Judged::Days => ("days", "天"),
        _ => ("rows", "行"),
    };
    let broken = Bilingual::new(
        format!("{failed} of {checked} {unit_en} break it"),
        format!("{checked} {unit_zh}中有 {failed} {unit_zh}不符合"),
    );
    match &candidate.evidence {
        None => broken,
        Some(own) => Bilingual::new(
            format!("{}; {}", own.en, broken.en),
            format!("{}；{}", own.zh, broken.zh),
        ),
    }
}

fn refusal(test: &RuleOutcome) -> Option<Bilingual> {
    match test.status {
        RuleStatus::Passed => None,
        RuleStatus::Undefined => Some(test.message.clone()),
        RuleStatus::Failed => {
            let share = percent(test.share.unwrap_or_default());
            let allowed = percent(test.allowed_share.unwrap_or_default());
            Some(Bilingual::new(
                format!("{share} of the held-out part break it, {allowed} would be allowed"),
                format!("留出部分有 {share} 不符合，允许 {allowed}"),
            ))
        }
    }
}
