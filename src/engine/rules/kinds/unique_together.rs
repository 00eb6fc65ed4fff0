//! unique_together: no two rows agree in all of some columns.
//!
//! Rows that lack one of the values are not judged. Every row of a group of equals fails, the first included, as in
//! Great Expectations; the facts also say how many groups there are and how many rows are surplus (all but one of
//! each group), because tools count duplicates in these three ways.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::Fact;
use crate::engine::audit::distinct::NULL;
use crate::engine::rules::subject::{Scope, Stop, Subject, Verdict};

pub(super) fn judge(columns: &[String], subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    let (codes, values) = subject.combined_codes(columns)?;
    let mut counts = vec![0_u32; values];
    let mut verdict = Verdict::default();
    for row in scope.rows() {
        match codes[row] {
            NULL => verdict.missing += 1,
            code => counts[code as usize] += 1,
        }
    }
    for row in scope.rows().filter(|&row| codes[row] != NULL) {
        if counts[codes[row] as usize] > 1 {
            verdict.fail(row);
        } else {
            verdict.pass();
        }
    }
    let groups = counts.iter().filter(|&&count| count > 1).count() as u64;
    let fact = |name: &str, en, zh, value: u64| Fact {
        name: name.to_owned(),
        label: Bilingual::new(en, zh),
        value: value as f64,
    };
    verdict.facts = vec![
        fact("groups", "Groups of equal rows", "重复组", groups),
        fact(
            "surplus",
            "Rows beyond the first of each group",
            "多余行",
            verdict.failed - groups,
        ),
    ];
    Ok(verdict)
}
