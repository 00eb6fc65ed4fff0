//! The pages about data (Data, Audit, Recipe, Features): with nothing, at work, failed, and with real results.

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
use touchstone::engine::features::FeatureKind;
use touchstone::engine::ingest::ReadOptions;
use touchstone::engine::project::{ArtefactKind, ArtefactRecord};
use touchstone::engine::recipe::{Recipe, step_of};
use touchstone::gui::command::Command;
use touchstone::gui::command::audit::AuditCommand;
use touchstone::gui::command::data::DataCommand;
use touchstone::gui::command::features::FeaturesCommand;
use touchstone::gui::command::recipe::RecipeCommand;
use touchstone::gui::i18n::{audit, common, data, features, recipe};
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
fn features_of_the_cleaned_file_are_up_to_date() {
    let shop = shop();
    let mut state = shop.done(English);
    assert!(!state.features.is_stale(&state), "built from the cleaned log itself");
    // The same rows, written to a file and read again: another hash, which the catalogue knows the origin of.
    let file = touchstone::engine::artifact::ContentHash::of_bytes(b"clean.parquet");
    let mut set = (*shop.set).clone();
    set.provenance.inputs[0] = file.clone();
    state.features.set = Loadable::Ready(std::sync::Arc::new(set));
    assert!(state.features.is_stale(&state), "of a log nobody knows");
    let mut record = ArtefactRecord::new(ArtefactKind::Dataset, file, "clean", 1);
    record.inputs = vec![shop.applied.dataset.info.hash.clone()];
    state.project.artefacts.push(record);
    assert!(!state.features.is_stale(&state), "of the cleaned file");
    state.recipe.recipe.steps.clear();
    state.recipe.applied = Loadable::Empty;
    assert!(state.features.is_stale(&state), "without the recipe the log is another");
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
        screen.must_show(&grouped(first.rows.len() as u64));

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
        screen.0.get_by_role(Role::TextInput).focus();
        screen.0.run_ok();
        screen.0.get_by_role(Role::TextInput).type_text(&finding.code);
        screen.draw();
        let asked = screen.first_answer(Role::Button, &format!("+ {title}"));
        assert_sent!(asked, Command::Audit(AuditCommand::AddFixes(found)) if report.findings[found[0]].code == finding.code);
    }
}

#[test]
fn recipe_without_a_log_leads_to_one_and_tells_how_the_log_stands() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Recipe, nothing(lang));
        let asked = empty_answer(&mut screen, lang, [recipe::EMPTY, recipe::EMPTY_WHY, recipe::TO_DATA]);
        assert_sent!(asked, Command::Go(Page::Data));

        let mut state = nothing(lang);
        state.data.dataset.start(under_way());
        assert_loading(&mut Screen::of(Page::Recipe, state), lang, Stage::Data);

        let mut state = nothing(lang);
        state.data.dataset = failed();
        let asked = failed_answer(&mut Screen::of(Page::Recipe, state), lang, recipe::TO_DATA);
        assert_sent!(asked, Command::Go(Page::Data));
    }
}

#[test]
fn an_empty_recipe_offers_steps_and_what_the_audit_proposes() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.recipe.recipe = Recipe::default();
        state.recipe.applied = Loadable::Empty;
        shop().select_step(&mut state, None);
        let mut screen = Screen::of(Page::Recipe, state);
        screen.must_show(lang.t(recipe::NO_STEPS));
        screen.must_show(lang.t(recipe::NO_STEPS_WHY));
        let asked = screen.answer(Role::Button, lang.t(recipe::SUGGEST));
        assert_sent!(asked, Command::Recipe(RecipeCommand::Suggest));
        screen.press(Role::Button, &format!("+ {}", lang.t(recipe::ADD_STEP)));
        let title = touchstone::engine::recipe::Action::DropDuplicates {
            columns: Vec::new(),
            keep: touchstone::engine::recipe::Keep::First,
        };
        let asked = screen.answer(Role::Button, lang.b(&title.title()));
        assert_sent!(asked, Command::Recipe(RecipeCommand::AddStep(_)));
    }
}

#[test]
fn a_recipe_being_applied_shows_how_far_and_can_be_cancelled() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.recipe.applied = Loadable::Empty;
        let progress = under_way();
        state.recipe.applied.start(progress.clone());
        let mut screen = Screen::with_job(Page::Recipe, state, Some((Stage::Recipe, progress)));
        screen.must_show_part(lang.t(recipe::CALCULATING));
        assert_loading(&mut screen, lang, Stage::Recipe);
    }
}

#[test]
fn a_recipe_that_failed_says_why_and_stays_editable() {
    for lang in LANGUAGES {
        // As after a run of the whole flow: no preview was ever made.
        let mut state = shop().done(lang);
        state.recipe.preview = Loadable::Empty;
        state.recipe.applied = failed();
        let mut screen = Screen::of(Page::Recipe, state);
        assert_told(&screen);
        assert_sent!(screen.sent(), Command::Recipe(RecipeCommand::Preview));
        let first = &shop().recipe.steps[0];
        let asked = screen.answer(Role::Button, &format!("1 {}", lang.b(&first.action.title())));
        assert_sent!(asked, Command::Recipe(RecipeCommand::Select(Some(0))));
        let asked = screen.answer(Role::Button, lang.t(recipe::APPLY));
        assert_sent!(asked, Command::Recipe(RecipeCommand::Run));
    }
}

#[test]
fn a_recipe_shows_the_rows_that_applying_it_kept() {
    let shop = shop();
    let (before, after) = (shop.log.num_rows() as u64, shop.applied.dataset.num_rows() as u64);
    assert!(after < before, "the suggested recipe drops rows");
    for lang in LANGUAGES {
        let mut state = shop.done(lang);
        shop.select_step(&mut state, Some(0));
        let mut screen = Screen::of(Page::Recipe, state);
        for (label, value) in [
            (recipe::ROWS_IN, grouped(before)),
            (recipe::ROWS_OUT, grouped(after)),
            (recipe::DROPPED, grouped(before - after)),
            (recipe::STATE, lang.t(recipe::APPLIED).to_owned()),
        ] {
            screen.starting_with(Role::Button, &format!("{} {value} ", lang.t(label)));
        }
        let steps = shop.recipe.steps.iter().enumerate();
        for (index, step) in steps.take(4) {
            let label = format!("{} {}", index + 1, lang.b(&step.action.title()));
            assert_eq!(screen.count_with(Role::Button, &label), 1, "{label}");
        }
        screen.must_show(lang.t(recipe::EFFECT));
        let report = &shop.applied.steps[0];
        let dropped = report.rows_in - report.rows_out;
        assert!(dropped + report.cells_changed > 0, "the first step does something");
        assert!(!screen.shows(lang.t(common::STALE)));
        let asked = screen.answer(Role::Button, lang.t(recipe::APPLY));
        assert_sent!(asked, Command::Recipe(RecipeCommand::Run));
    }
}

#[test]
fn features_without_a_log_lead_to_one_and_with_a_log_can_be_built() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Features, nothing(lang));
        let asked = empty_answer(
            &mut screen,
            lang,
            [features::EMPTY, features::EMPTY_WHY, features::TO_DATA],
        );
        assert_sent!(asked, Command::Go(Page::Data));

        let mut screen = Screen::of(Page::Features, shop().read(lang));
        let asked_by_itself = screen.sent();
        assert_sent!(asked_by_itself, Command::Features(FeaturesCommand::Outline));
        let asked = screen.answer(Role::Button, lang.t(features::BUILD));
        assert_sent!(asked, Command::Features(FeaturesCommand::Run));
    }
}

#[test]
fn features_at_work_and_failed() {
    for lang in LANGUAGES {
        let mut state = shop().read(lang);
        state.features.set.start(under_way());
        assert_loading(&mut Screen::of(Page::Features, state), lang, Stage::Features);

        let mut state = shop().done(lang);
        state.features.set = failed();
        let asked = failed_answer(&mut Screen::of(Page::Features, state), lang, features::BUILD);
        assert_sent!(asked, Command::Features(FeaturesCommand::Run));

        // What the log offers could not be found out: nothing can be chosen, so the reason must be there.
        let mut state = shop().read(lang);
        state.features.outline = failed();
        let mut screen = Screen::of(Page::Features, state);
        assert_told(&screen);
        let asked = screen.answer(Role::Button, lang.t(common::RETRY));
        assert_sent!(asked, Command::Features(FeaturesCommand::Outline));
    }
}

#[test]
fn features_show_the_counts_and_scores_of_the_set() {
    let shop = shop();
    let set = &shop.set;
    let numeric: Vec<_> = set
        .by_rank()
        .into_iter()
        .filter(|feature| feature.kind == FeatureKind::Numeric)
        .collect();
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Features, shop.done(lang));
        let label = &set.label;
        for (title, value) in [
            (features::EXAMPLES, grouped(label.rows)),
            (
                features::POSITIVE,
                format!("{:.1} % {}", label.positive_rate * 100.0, grouped(label.positives)),
            ),
            (features::CHOSEN, set.numeric.len().to_string()),
            (features::TEXTS, set.text.len().to_string()),
        ] {
            screen.starting_with(Role::Button, &format!("{} {value}", lang.t(title)));
        }
        assert!(
            !screen.shows(lang.t(common::STALE)),
            "the set is of this log and recipe"
        );
        for part in &set.split.parts {
            screen.must_show_part(&grouped(part.rows));
        }
        let first = numeric[0];
        assert_eq!(screen.count_with(Role::CheckBox, &first.name), 1);
        screen.must_show(&format!(
            "{:.3}",
            first.scores.auc.expect("a numeric feature has an AUC")
        ));
        let on = screen.answer(Role::Button, lang.t(features::TO_TRAIN));
        assert_sent!(on, Command::Go(Page::Train));
    }
}
