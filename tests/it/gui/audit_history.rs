//! The history of the audit page: the list of audits, and two of them side by side with their scores, findings, rules
//! and columns.

use super::LANGUAGES;
use super::screen::Screen;
use super::shop::shop;
use egui::Role;
use egui_kittest::kittest::{Queryable as _, by};
use std::sync::Arc;
use touchstone::engine::artifact::ContentHash;
use touchstone::engine::audit::{AuditRecord, Dimension, audit_changes};
use touchstone::engine::rules::{RuleHistory, RuleStatus};
use touchstone::gui::i18n::{audit, audit_decisions as decisions, audit_history as history, rules};
use touchstone::gui::pages::Page;

/// The chips of the comparison stand behind those of the page, some of which are called alike.
fn press_last(screen: &mut Screen, label: &str) {
    let chips = screen.0.query_all(by().role(Role::CheckBox).label(label));
    chips.last().expect("a chip").click();
    screen.draw();
}

/// Two audits: the shop's, and one before it that was better in one dimension and lacked its worst finding.
fn two_audits() -> [AuditRecord; 2] {
    let after = AuditRecord::of(&shop().report);
    let mut before = after.clone();
    before.made_ms -= 86_400_000;
    before.name = "june".to_owned();
    before.findings.remove(0);
    before.findings[0].count += 5;
    let score = before.scores.get_mut(&Dimension::Validity).expect("a score");
    *score = (*score - 7.5).max(0.0);
    [after, before]
}

#[test]
fn the_history_shows_what_moved_between_two_audits() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        let [after, before] = two_audits();
        let gained = after.scores[&Dimension::Validity] - before.scores[&Dimension::Validity];
        state.audit.history = Arc::from([after.clone(), before.clone()]);
        let mut screen = Screen::of(Page::Audit, state);
        let card = format!(
            "{} {:.1} {}",
            lang.b(&Dimension::Validity.label()),
            after.scores[&Dimension::Validity],
            decisions::change(gained)
        );
        screen.starting_with(Role::Button, &card);
        screen.press(Role::CheckBox, &format!("{} 2", lang.t(history::HISTORY)));
        screen.must_show(&history::pair(
            lang,
            (&before.name, before.made_ms),
            (&after.name, after.made_ms),
        ));
        let changes = audit_changes(&before, &after);
        let same = changes.findings.len() - 2;
        screen.must_show(&history::findings_moved(lang, [1, 0, 1, 0, same]));
        screen.must_show(&decisions::change(gained));
        press_last(
            &mut screen,
            &format!("{} {}", lang.t(audit::COLUMNS), after.columns.len()),
        );
        screen.must_show(lang.t(history::COLUMNS_SAME));
        press_last(
            &mut screen,
            &format!("{} {}", lang.t(history::FINDINGS), changes.findings.len()),
        );
        // The other way round: what was new is gone.
        let chips = |screen: &Screen, label: &str| screen.count_with(Role::CheckBox, label);
        assert_eq!((chips(&screen, "1"), chips(&screen, "2")), (2, 2));
        screen.press_first(Role::CheckBox, "2");
        press_last(&mut screen, "1");
        screen.must_show(&history::findings_moved(lang, [0, 1, 0, 1, same]));
    }
}

#[test]
fn a_single_audit_says_that_the_next_one_tells_more() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.audit.history = Arc::from([AuditRecord::of(&shop().report)]);
        let mut screen = Screen::of(Page::Audit, state);
        screen.press(Role::CheckBox, &format!("{} 1", lang.t(history::HISTORY)));
        screen.must_show(lang.t(history::ONLY_ONE));
    }
}

#[test]
fn two_audits_compare_their_rules_and_the_columns_figures() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        let [after, mut before] = two_audits();
        let price = before.columns.iter_mut().find(|column| column.name == "price");
        let figures = price.and_then(|column| column.figures.as_mut()).expect("kept");
        figures.distinct += 1_000;
        // The same rules on the log of the audit before: one of them passed then.
        let check = state.rules.check.ready().expect("checked").record();
        let mut earlier = check.clone();
        before.log = ContentHash::of_bytes(b"june");
        earlier.log = before.log.clone();
        let broken = earlier.rules.iter_mut().find(|rule| rule.status == RuleStatus::Failed);
        let broken = broken.expect("a rule that fails");
        broken.status = RuleStatus::Passed;
        let title = lang.b(&broken.title).to_owned();
        let mut told = RuleHistory::default();
        told.add(earlier);
        told.add(check.clone());
        state.rules.history = told;
        state.audit.history = Arc::from([after.clone(), before]);
        let mut screen = Screen::of(Page::Audit, state);
        screen.press(Role::CheckBox, &format!("{} 2", lang.t(history::HISTORY)));
        screen.press(
            Role::CheckBox,
            &format!("{} {}", lang.t(rules::TITLE), check.rules.len()),
        );
        screen.must_show(&history::rules_moved(lang, [1, 0, 0, 0, check.rules.len() - 1]));
        screen.must_show(&title);
        press_last(
            &mut screen,
            &format!("{} {}", lang.t(audit::COLUMNS), after.columns.len()),
        );
        screen.must_show_part(&history::columns_moved(lang, 1));
        assert_eq!(screen.outside(), [""; 0]);
    }
}
