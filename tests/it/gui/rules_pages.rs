//! The rules page: with nothing, at work, failed, with real outcomes, with suggestions, and a form for each kind.

use super::LANGUAGES;
use super::screen::{Screen, assert_sent};
use super::shop::shop;
use super::states::{
    ERROR, assert_loading, assert_told, empty_answer, failed, failed_answer, grouped, nothing, under_way,
};
use egui::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::sync::Arc;
use touchstone::engine::artifact::{Bilingual, ContentHash, Severity};
use touchstone::engine::progress::Progress;
use touchstone::engine::rules::explain::{INFOS, KindInfo};
use touchstone::engine::rules::{Rule, RuleStatus, Tables, check};
use touchstone::engine::run::now_ms;
use touchstone::gui::command::Command;
use touchstone::gui::command::rules::{RulesCommand, RulesView};
use touchstone::gui::i18n::number::share;
use touchstone::gui::i18n::{audit, common, rules as words};
use touchstone::gui::loadable::Loadable;
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language::{self, English};
use touchstone::gui::state::rules::Trial;
use touchstone::gui::state::{AppState, Stage, StageMark};

fn page(state: AppState) -> Screen {
    Screen::of(Page::Rules, state)
}

/// Opens a rule of the list by its words.
fn choose(screen: &mut Screen, rule: &Rule, lang: Language) {
    let title = rule.title();
    let title = lang.b(&title);
    screen
        .0
        .get_all_by_label(title)
        .next()
        .expect("it is in the list")
        .click();
    screen.draw();
}

#[test]
fn without_a_log_it_leads_to_one_and_without_rules_it_offers_three_ways() {
    for lang in LANGUAGES {
        let mut screen = page(nothing(lang));
        let asked = empty_answer(&mut screen, lang, [words::NO_LOG, words::NO_LOG_WHY, words::GO_DATA]);
        assert_sent!(asked, Command::Go(Page::Data));

        let mut screen = page(shop().read(lang));
        let asked = empty_answer(
            &mut screen,
            lang,
            [words::EMPTY, words::EMPTY_WHY, words::SUGGEST_FROM_LOG],
        );
        assert_sent!(asked, Command::Rules(RulesCommand::Suggest));
        let asked = screen.answer(Role::Button, lang.t(words::OPEN));
        assert_sent!(asked, Command::Rules(RulesCommand::Open));
        screen.press(Role::Button, lang.t(words::WRITE));
        screen.must_show(lang.t(words::NEW_RULE));
    }
}

#[test]
fn at_work_it_shows_how_far_and_can_be_cancelled() {
    for lang in LANGUAGES {
        let mut state = shop().read(lang);
        state.rules.view = RulesView::Suggestions;
        state.rules.suggestions.start(under_way());
        assert_loading(&mut page(state), lang, Stage::Rules);

        let mut state = shop().done(lang);
        state.rules.check.start(under_way());
        let mut screen = page(state);
        screen.must_show_part("40 %");
        assert_eq!(screen.outside(), [""; 0]);
        let asked = screen.answer(Role::Button, lang.t(common::CANCEL));
        assert_sent!(asked, Command::CancelJob(Stage::Rules));

        let mut state = nothing(lang);
        state.data.dataset.start(under_way());
        assert_loading(&mut page(state), lang, Stage::Data);
    }
}

#[test]
fn failures_say_why_and_offer_a_way_out() {
    for lang in LANGUAGES {
        let mut state = shop().read(lang);
        state.rules.broken = Some(Bilingual::new(ERROR, ERROR));
        let mut screen = page(state);
        let asked = failed_answer(&mut screen, lang, words::READ_AGAIN);
        assert_sent!(asked, Command::Rules(RulesCommand::Reload));
        let asked = screen.answer(Role::Button, lang.t(words::OPEN));
        assert_sent!(asked, Command::Rules(RulesCommand::Open));

        let mut state = shop().read(lang);
        state.rules.view = RulesView::Suggestions;
        state.rules.suggestions = failed();
        let mut screen = page(state);
        let asked = failed_answer(&mut screen, lang, common::RETRY);
        assert_sent!(asked, Command::Rules(RulesCommand::Suggest));
        let asked = screen.answer(Role::Button, lang.t(words::BACK));
        assert_sent!(asked, Command::Rules(RulesCommand::Show(RulesView::Rules)));

        let mut state = shop().done(lang);
        state.rules.check = failed();
        let mut screen = page(state);
        assert_told(&screen);
        let asked = screen.answer(Role::Button, lang.t(common::RETRY));
        assert_sent!(asked, Command::Rules(RulesCommand::Check));
    }
}

#[test]
fn each_rule_shows_what_became_of_it_and_the_rows_behind() {
    for lang in LANGUAGES {
        let state = shop().done(lang);
        assert_eq!(state.status(Stage::Rules).mark, StageMark::NeedsAttention);
        let check = state.rules.check.ready().expect("checked").clone();
        assert_eq!(check.outcomes.len(), 11);
        assert_eq!(
            check.outcomes[10].status,
            RuleStatus::Undefined,
            "there is no user table"
        );
        let mut screen = page(state);
        screen.must_show_part(&check.log_name);
        for outcome in &check.outcomes {
            let title = lang.b(&outcome.title);
            assert!(screen.count_of(title) >= 1, "{title}:\n{}", screen.texts().join("\n"));
            choose(&mut screen, &outcome.rule, lang);
            screen.must_show(lang.b(&outcome.message));
            if let Some(part) = outcome.share {
                screen.must_show(&words::failing_share(lang, &share(part)));
            }
            if let Some(reason) = &outcome.rule.reason {
                screen.must_show(&words::reason(lang, reason));
            }
            if let Some(example) = outcome.examples.first() {
                screen.must_show(&grouped(u64::from(example.line)));
                screen.must_show(&grouped(outcome.failed));
            }
            assert_eq!(screen.outside(), [""; 0], "{title}");
        }
    }
}

#[test]
fn a_rule_tells_its_outcomes_over_loads() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        let now = state.rules.check.ready().expect("checked").record();
        let mut earlier = now.clone();
        earlier.log = ContentHash::of_bytes(b"the load before");
        earlier.rules.remove(1);
        for rule in &mut earlier.rules {
            rule.status = RuleStatus::Passed;
        }
        state.rules.history.add(earlier);
        state.rules.history.add(now.clone());
        let rules = state.rules.sheet.rules().to_vec();
        let mut screen = page(state);
        let failed = now
            .rules
            .iter()
            .filter(|rule| rule.status != RuleStatus::Passed)
            .count();
        let half = words::passed_over_loads(lang, 1, 2);
        assert!(failed > 1 && screen.count_with(Role::Image, &half) >= failed - 1);
        choose(&mut screen, &rules[0], lang);
        let passed = 1 + usize::from(now.rules[0].status == RuleStatus::Passed);
        screen.must_show(&words::passed_over_loads(lang, passed, 2));
        assert_eq!(screen.outside(), [""; 0]);
    }
}

#[test]
fn outcomes_kept_with_the_project_show_their_first_rows_before_the_log_is_read() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        let kept = state.rules.check.ready().expect("checked").clone();
        let text = serde_json::to_string(&*kept).expect("plain data");
        let kept = serde_json::from_str(&text).expect("what was written");
        state.data.dataset = Loadable::Empty;
        state.rules.rows = None;
        state.rules.check = Loadable::Ready(Arc::new(kept));
        let rule = state.rules.sheet.rules()[1].clone();
        let outcome = state.rules.outcome(&rule).expect("kept").clone();
        let mut screen = page(state);
        choose(&mut screen, &rule, lang);
        screen.must_show(lang.b(&outcome.message));
        screen.must_show(&words::first_rows(lang, outcome.examples.len()));
        screen.must_show(&grouped(u64::from(outcome.examples[0].line)));
    }
}

#[test]
fn a_rule_is_removed_edited_and_had_back() {
    let mut state = shop().done(English);
    state.rules.past.push(state.rules.sheet.clone());
    let rule = state.rules.sheet.rules()[1].clone();
    let mut screen = page(state);
    choose(&mut screen, &rule, English);
    let asked = screen.answer(Role::Button, words::DELETE.en);
    assert_sent!(asked, Command::Rules(RulesCommand::Remove { index: 1, old }) if **old == rule);
    let asked = screen.answer(Role::Button, words::UNDO.en);
    assert_sent!(asked, Command::Rules(RulesCommand::Undo));
    let asked = screen.answer(Role::Button, words::CHECK_ALL.en);
    assert_sent!(asked, Command::Rules(RulesCommand::Check));
    let asked = screen.answer(Role::Button, words::SAVE.en);
    assert_sent!(asked, Command::Rules(RulesCommand::Save));
    screen.press(Role::Button, words::COPY.en);
    let asked = screen.answer(Role::Button, words::ADD_RULE.en);
    assert_sent!(asked, Command::Rules(RulesCommand::Add(new)) if **new == rule);
    // The new rule is the last one, which only the application adds; here the last of the old ones is shown.
    choose(&mut screen, &rule, English);
    screen.press(Role::Button, words::EDIT.en);
    assert!(
        screen
            .0
            .get_by_role_and_label(Role::Button, words::SAVE_RULE.en)
            .accesskit_node()
            .is_disabled()
    );
    screen.press(Role::Button, common::CANCEL.en);
    screen.must_show(words::EDIT.en);
}

/// The rule as the window's job would judge it.
fn tried(rule: &Rule) -> Loadable<Trial> {
    let tables = Tables {
        items: Some(&*shop().items),
        ..Tables::default()
    };
    let found = check(
        std::slice::from_ref(rule),
        &shop().log,
        &tables,
        now_ms(),
        &Progress::new(),
    );
    Loadable::Ready(Arc::new(Trial {
        log: shop().log.info.hash.clone(),
        outcome: found.expect("readable rows").remove(0),
    }))
}

#[test]
fn the_form_of_each_kind_fits_and_tells_what_the_rule_says_about_the_log() {
    for lang in LANGUAGES {
        let rules = shop().done(lang).rules.sheet.rules().to_vec();
        for (rule, info) in rules.iter().zip(&INFOS) {
            assert_eq!(rule.expectation.kind(), info.name);
            let mut state = shop().done(lang);
            state.rules.trial = tried(rule);
            let outcome = state.rules.trial.ready().expect("tried").outcome.clone();
            let mut screen = page(state);
            choose(&mut screen, rule, lang);
            screen.press(Role::Button, lang.t(words::EDIT));
            screen.must_show(lang.t(words::EDIT_RULE));
            screen.must_show(lang.b(&info.what()));
            screen.must_show(lang.b(&outcome.message));
            assert_eq!(screen.outside(), [""; 0], "{}", info.name);
            let asked = screen.sent();
            assert!(
                !asked
                    .iter()
                    .any(|command| matches!(command, Command::Rules(RulesCommand::Try(_)))),
                "{}: what is known is not asked for again: {asked:?}",
                info.name
            );
        }
    }
}

#[test]
fn a_new_rule_of_any_kind_starts_with_a_form_and_the_words_of_what_is_missing() {
    for info in &INFOS {
        let mut screen = page(shop().done(English));
        screen.press(Role::Button, words::WRITE.en);
        if info.name != "not_null" {
            screen.0.get_by_role_and_label(Role::ComboBox, words::KIND.en).click();
            screen.draw();
            screen.press(Role::Button, &KindInfo::of(info.name).expect("listed").label().en);
        }
        screen.must_show(&info.what().en);
        let asked = screen.sent();
        let is_tried = asked
            .iter()
            .any(|command| matches!(command, Command::Rules(RulesCommand::Try(_))));
        let complete = matches!(
            info.name,
            "not_null" | "unique_together" | "references" | "monotone" | "freshness"
        );
        assert!(is_tried || !complete, "{}: {asked:?}", info.name);
        assert_eq!(screen.shows(words::NOT_A_RULE_YET.en), !complete, "{}", info.name);
        assert_eq!(screen.outside(), [""; 0], "{}", info.name);
    }
}

#[test]
fn suggestions_show_their_bound_and_back_test_and_are_accepted_by_their_boxes() {
    let found = shop().suggestions();
    let good: Vec<usize> = (0..found.found.rules.len())
        .filter(|&at| found.found.rules[at].accepted)
        .collect();
    assert!(good.len() >= 5, "{found:?}");
    for lang in LANGUAGES {
        let mut state = shop().read(lang);
        state.rules.view = RulesView::Suggestions;
        state.rules.suggestions = Loadable::Ready(Arc::clone(&found));
        let mut screen = page(state);
        screen.must_show(lang.t(words::BOUND_WHAT));
        let first = &found.found.rules[0];
        screen.must_show(&words::back_test(lang, first));
        screen.must_show(&words::evidence(lang, first));
        assert_eq!(screen.outside(), [""; 0]);
        assert_eq!(screen.cut_off(), [""; 0]);
        let asked = screen.answer(Role::Button, &words::accept(lang, good.len()));
        assert_sent!(asked, Command::Rules(RulesCommand::Accept(chosen)) if *chosen == good);
        screen.press(Role::CheckBox, lang.b(&first.title));
        let left = good.len() + 1 - 2 * usize::from(first.accepted);
        screen.must_show(&words::accept(lang, left));
        screen.press(Role::CheckBox, lang.t(words::NONE));
        screen.must_show(&words::accept(lang, 0));
        let back = screen.answer(Role::Button, lang.t(words::BACK));
        assert_sent!(back, Command::Rules(RulesCommand::Show(RulesView::Rules)));
    }
}

#[test]
fn the_audit_leads_to_the_rules_and_tells_how_many_passed() {
    for lang in LANGUAGES {
        let state = shop().done(lang);
        let label = words::beside_the_audit(lang, state.rules.passed());
        let mut screen = Screen::of(Page::Audit, state);
        let asked = screen.answer(Role::CheckBox, &label);
        assert_sent!(asked, Command::Go(Page::Rules));
        screen.must_show(lang.t(audit::TITLE));
    }
}

#[test]
fn the_navigation_tells_how_the_rules_stand() {
    let done = || shop().done(English);
    let mark = |state: &AppState| state.status(Stage::Rules).mark;
    let mut state = shop().read(English);
    assert_eq!(state.status(Stage::Rules).count, None);
    assert_eq!(mark(&state), StageMark::Nothing);
    shop().with_rules(
        &mut state,
        "version = 1\n[[rule]]\nkind = \"not_null\"\ncolumn = \"event_type\"\nmostly = 0.1\n",
    );
    assert_eq!((mark(&state), state.rules.passed()), (StageMark::Done, Some((1, 1))));
    let mut rule = state.rules.sheet.rules()[0].clone();
    rule.severity = Severity::Info;
    state.rules.sheet.replace(0, rule);
    assert_eq!(mark(&state), StageMark::Stale, "not checked as it stands");
    let mut state = done();
    state.rules.check.start(under_way());
    assert_eq!(mark(&state), StageMark::Running);
    let mut state = done();
    state.rules.broken = Some(Bilingual::new(ERROR, ERROR));
    assert_eq!(mark(&state), StageMark::NeedsAttention);
}
