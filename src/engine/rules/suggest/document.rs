//! Suggestions → a rules file that people read: each rule under its evidence and back-test, refused ones as comments.

use super::{Suggestion, Suggestions, Trial};
use crate::engine::audit::{percent, thousands};
use crate::engine::rules::file::RULES_VERSION;
use crate::engine::rules::write::block;

/// The file. `None` if nothing was accepted, since a rules file without a rule is no contract.
pub fn document(found: &Suggestions, log: &str) -> Option<String> {
    let accepted = found.rules.iter().filter(|rule| rule.accepted).count();
    if accepted == 0 {
        return None;
    }
    let mut text = format!(
        "# Rules suggested from {}\n# {}.\n# {} rows to draw from, {} to try on; {accepted} accepted, {} not accepted and left as comments.\n\
         # `bound`: failing share not exceeded with 95 % confidence (Clopper-Pearson) on the rows tried on,\n\
         # if rows were independent; those of one user are not.\nversion = {RULES_VERSION}\n",
        one_line(log),
        one_line(&found.parts.en),
        thousands(found.fit_rows),
        thousands(found.test_rows),
        found.rules.len() - accepted,
    );
    for rule in &found.rules {
        text.push('\n');
        text.push_str(&entry(rule));
    }
    Some(text)
}

fn entry(found: &Suggestion) -> String {
    let mut text = comment(found);
    let block = block(&found.rule);
    if found.refused.is_none() {
        return text + &block;
    }
    text.extend(block.lines().map(|line| format!("# {line}\n")));
    text
}

/// The comment that stands above a suggested rule: what speaks for it, and how it did on other rows.
pub fn comment(found: &Suggestion) -> String {
    let bound = found.upper_bound.map_or_else(|| "none".to_owned(), percent);
    let mut text = format!(
        "# {}\n# evidence: {}\n# back-test: {}; bound {bound}\n",
        one_line(&found.title.en),
        one_line(&found.evidence.en),
        trial(found.back_test)
    );
    if let Some(why) = &found.refused {
        text += &format!("# not accepted: {}\n", one_line(&why.en));
    }
    text
}

fn trial(trial: Trial) -> String {
    let verdict = if trial.passed { "passed" } else { "not passed" };
    format!(
        "{verdict}, {} of {} break it",
        thousands(trial.failed),
        thousands(trial.checked)
    )
}

/// Texts from data must not end a comment.
fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}
