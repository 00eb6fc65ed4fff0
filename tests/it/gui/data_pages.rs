//! The pages about the log (Data, Audit): with nothing, at work, failed, and with real results.

use super::LANGUAGES;
use super::screen::{Screen, assert_sent};
use super::shop::shop;
use super::states::{
    ERROR, assert_loading, assert_told, empty_answer, failed, failed_answer, grouped, nothing, type_path, under_way,
};
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::path::PathBuf;
use touchstone::engine::artifact::Severity;
use touchstone::engine::audit::Dimension;
use touchstone::engine::ingest::ReadOptions;
use touchstone::engine::recipe::{Recipe, step_of};
use touchstone::gui::command::Command;
use touchstone::gui::command::audit::AuditCommand;
use touchstone::gui::command::data::DataCommand;
use touchstone::gui::i18n::{audit, common, data};
use touchstone::gui::loadable::Loadable;
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language::English;
use touchstone::gui::state::Stage;

#[test]
fn data_without_a_log_offers_to_open_one_by_dialog_or_path() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Data, nothing(lang));
        let asked = empty_answer(&mut screen, lang, [data::EMPTY, data::EMPTY_WHY, data::OPEN]);
        assert_sent!(asked, Command::Data(DataCommand::Pick));
    }
    let mut screen = Screen::of(Page::Data, nothing(English));
    let asked = type_path(&mut screen, "/logs/june.csv");
    assert_sent!(asked, Command::Data(DataCommand::Open(paths)) if *paths == [PathBuf::from("/logs/june.csv")]);
}

#[test]
fn data_being_read_shows_how_far_and_can_be_cancelled() {
    for lang in LANGUAGES {
        let mut state = nothing(lang);
        state.data.dataset.start(under_way());
        assert_loading(&mut Screen::of(Page::Data, state), lang, Stage::Data);
    }
}

#[test]
fn data_that_cannot_be_read_says_why_and_leaves_three_ways_out() {
    for lang in LANGUAGES {
        let mut state = shop().opened(lang);
        state.data.dataset = failed();
        let mut screen = Screen::of(Page::Data, state);
        let asked = failed_answer(&mut screen, lang, data::OPEN);
        assert_sent!(asked, Command::Data(DataCommand::Pick));
        let again = screen.answer(Role::Button, lang.t(common::RETRY));
        assert_sent!(again, Command::Data(DataCommand::Run));
        assert!(!screen.shows(lang.t(data::AS_DETECTED)), "nothing was set by hand");
    }
    let mut state = shop().opened(English);
    state.data.dataset = failed();
    state.data.options.delimiter = Some('|');
    let mut screen = Screen::of(Page::Data, state);
    let asked = screen.answer(Role::Button, data::AS_DETECTED.en);
    assert_sent!(asked, Command::Data(DataCommand::SetOptions(options)) if **options == ReadOptions::default());
    let asked = type_path(&mut screen, "other.csv");
    assert_sent!(asked, Command::Data(DataCommand::Open(_)));
}

#[test]
fn data_that_was_read_shows_its_counts_columns_and_rejected_lines() {
    let shop = shop();
    let info = &shop.log.info;
    let rows = info.rows;
    assert_eq!(rows.accepted + rows.rejected + rows.skipped, rows.total);
    assert!(rows.rejected > 0, "the sample plants lines that do not fit");
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Data, shop.read(lang));
        let figure = |label| format!("{} ", lang.t(label));
        let shown = screen.starting_with(
            Role::Button,
            &format!("{}{}", figure(data::ROWS), grouped(rows.accepted)),
        );
        assert_eq!(
            shown.trim(),
            format!("{}{}", figure(data::ROWS), grouped(rows.accepted))
        );
        screen.must_show_part(&format!("= {}", grouped(rows.total)));
        for column in info.columns.iter().take(6) {
            screen.must_show(&column.name);
        }
        let rejected = format!("{} {}", lang.t(data::REJECTED), grouped(rows.rejected));
        screen.press(Role::CheckBox, &rejected);
        screen.must_show(lang.b(&shop.log.rejects[0].cause));
        screen.must_show(&grouped(shop.log.rejects[0].line));
        let on = screen.answer(Role::Button, lang.t(data::AUDIT));
        assert_sent!(on, Command::Go(Page::Audit));
    }
}

#[test]
fn how_a_log_was_read_is_told_in_the_language_of_the_window() {
    let info = &shop().log.info;
    for lang in LANGUAGES {
        let screen = Screen::of(Page::Data, shop().read(lang));
        let evidence: Vec<&str> = info.dialect.evidence.iter().map(|sentence| lang.b(sentence)).collect();
        screen.must_show(&evidence.join(" · "));
        for column in info.columns.iter().take(8) {
            screen.must_show(lang.b(&column.why));
        }
    }
    let columns = info.columns.iter().map(|column| &column.why);
    for text in info.dialect.evidence.iter().chain(columns) {
        assert!(
            text.zh != text.en && text.zh.chars().any(|letter| letter > '\u{2E80}'),
            "{text:?}"
        );
    }
}

/// Reads what a column holds in a project written by an earlier program, with its sentences in English only.
#[test]
fn sentences_stored_in_english_still_open() {
    let mut stored = serde_json::to_value(&*shop().log.info).expect("plain data");
    stored["dialect"]["evidence"] = serde_json::json!(["Lines end with LF"]);
    stored["columns"][0]["why"] = serde_json::json!("holds times");
    let info: touchstone::engine::ingest::DatasetInfo = serde_json::from_value(stored).expect("it opens");
    assert_eq!(info.columns[0].why.en, "holds times");
    assert_eq!(info.columns[0].why.zh, "holds times", "rather English than nothing");
    assert_eq!(info.dialect.evidence[0].en, "Lines end with LF");
}

#[test]
fn audit_without_a_log_leads_to_one_and_with_a_log_audits_it() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Audit, nothing(lang));
        let asked = empty_answer(&mut screen, lang, [audit::NO_LOG, audit::NO_LOG_WHY, audit::GO_DATA]);
        assert_sent!(asked, Command::Go(Page::Data));
        let mut screen = Screen::of(Page::Audit, shop().read(lang));
        let asked = empty_answer(&mut screen, lang, [audit::EMPTY, audit::EMPTY_WHY, audit::RUN]);
        assert_sent!(asked, Command::Audit(AuditCommand::Run));
    }
}

#[test]
fn audit_at_work_and_failed() {
    for lang in LANGUAGES {
        let mut state = shop().read(lang);
        state.audit.report.start(under_way());
        assert_loading(&mut Screen::of(Page::Audit, state), lang, Stage::Audit);

        let mut state = shop().read(lang);
        state.audit.report = failed();
        let asked = failed_answer(&mut Screen::of(Page::Audit, state), lang, common::RETRY);
        assert_sent!(asked, Command::Audit(AuditCommand::Run));

        let mut state = nothing(lang);
        state.audit.report = failed();
        let asked = failed_answer(&mut Screen::of(Page::Audit, state), lang, audit::GO_DATA);
        assert_sent!(asked, Command::Go(Page::Data));

        // A report from before stays, with the reason and the retry beside it.
        let mut state = shop().done(lang);
        state.audit.report = Loadable::Failed {
            error: ERROR.to_owned(),
            previous: state.audit.report.value().cloned(),
        };
        let mut screen = Screen::of(Page::Audit, state);
        assert_told(&screen);
        let asked = screen.answer(Role::Button, lang.t(common::RETRY));
        assert_sent!(asked, Command::Audit(AuditCommand::Run));
    }
}

#[test]
fn audit_shows_the_scores_and_findings_of_the_report_and_their_repairs() {
    let report = &shop().report;
    assert!(report.findings.len() >= 5, "the sample plants defects");
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.recipe.recipe = Recipe::default();
        let mut screen = Screen::of(Page::Audit, state);
        for dimension in Dimension::ALL {
            let score = report.scores[&dimension];
            screen.starting_with(Role::Button, &format!("{} {score:.1}", lang.b(&dimension.label())));
        }
        screen.must_show(&format!("{} {}", lang.t(audit::FINDINGS), report.findings.len()));
        screen.must_show_part(&format!("= {}", grouped(report.rows.total)));
        let first = &report.findings[0];
        assert_eq!(
            screen.count_of(lang.b(&first.title)),
            2,
            "the worst finding is listed and opened"
        );
        screen.must_show(lang.b(&first.message));
        screen.must_show(&format!(
            "{} {}",
            lang.t(audit::ROWS_BEHIND),
            grouped(first.rows.len() as u64)
        ));

        let repairs: Vec<usize> = (0..report.findings.len())
            .filter(|&index| report.findings[index].severity > Severity::Info)
            .filter(|&index| step_of(&report.findings[index]).is_some())
            .collect();
        let all = screen.answer(Role::Button, &audit::add_all(lang, repairs.len()));
        assert_sent!(all, Command::Audit(AuditCommand::AddFixes(indices)) if *indices == repairs);
        let export = screen.answer(Role::Button, lang.t(audit::EXPORT));
        assert_sent!(export, Command::Audit(AuditCommand::Export));

        screen.press(
            Role::CheckBox,
            &format!("{} {}", lang.t(audit::COLUMNS), report.columns.len()),
        );
        screen.must_show(&report.columns[0].name);
        screen.press(Role::CheckBox, lang.t(audit::LOG));
        screen.must_show(lang.t(audit::FUNNEL));
        let profile = report.log.as_ref().expect("a behaviour log");
        screen.must_show_part(&grouped(profile.users.expect("a user column")));
        screen.press(
            Role::CheckBox,
            &format!("{} {}", lang.t(audit::CHECKS), report.checks.len()),
        );
        screen.must_show(lang.b(&report.checks[0].name));
    }
}

#[test]
fn one_finding_is_repaired_by_its_own_button() {
    let report = &shop().report;
    let index = (0..report.findings.len())
        .find(|&index| step_of(&report.findings[index]).is_some())
        .expect("a repairable finding");
    let finding = &report.findings[index];
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.recipe.recipe = Recipe::default();
        let mut screen = Screen::of(Page::Audit, state);
        let title = lang.b(finding.fix_title.as_ref().expect("it has a repair"));
        // The list is narrowed down to the finding, so that it is the one that is opened.
        let search = lang.t(audit::SEARCH);
        screen.0.get_by_role_and_label(Role::TextInput, search).focus();
        screen.0.run_ok();
        let field = screen.0.get_by_role_and_label(Role::TextInput, search);
        field.type_text(&finding.code);
        screen.draw();
        let asked = screen.first_answer(Role::Button, &format!("+ {title}"));
        assert_sent!(asked, Command::Audit(AuditCommand::AddFixes(found)) if report.findings[found[0]].code == finding.code);
    }
}
