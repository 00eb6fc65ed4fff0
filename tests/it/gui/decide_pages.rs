//! Welcome, Experiments and Lineage: with nothing, at work, failed, and with real results.

use super::LANGUAGES;
use super::screen::{Screen, assert_sent};
use super::shop::shop;
use super::states::{
    assert_loading, assert_told, empty_answer, failed, failed_answer, grouped, nothing, type_path, under_way,
};
use crate::program::MADE_BY_THE_FLOW;
use egui::Role;
use std::path::PathBuf;
use touchstone::engine::experiment::CheckStatus;
use touchstone::gui::command::Command;
use touchstone::gui::command::experiments::ExperimentsCommand;
use touchstone::gui::command::project::ProjectCommand;
use touchstone::gui::i18n::{experiments, flow, lineage, shell, train, welcome};
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language::English;
use touchstone::gui::state::Stage;

#[test]
fn welcome_offers_the_sample_a_log_and_a_project() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Welcome, nothing(lang));
        screen.must_show(lang.t(welcome::TITLE));
        screen.must_show(lang.t(welcome::NO_RECENT));
        let asked = screen.answer(Role::Button, lang.t(flow::RUN));
        assert_sent!(asked, Command::Project(ProjectCommand::CreateSample { run_flow: true }));
        let asked = screen.answer(Role::Button, lang.t(welcome::OPEN_SAMPLE));
        assert_sent!(
            asked,
            Command::Project(ProjectCommand::CreateSample { run_flow: false })
        );
        let asked = screen.answer(Role::Button, lang.t(welcome::OPEN_LOG));
        assert_sent!(asked, Command::Project(ProjectCommand::PickLog));
        let asked = screen.answer(Role::Button, lang.t(shell::OPEN_PROJECT));
        assert_sent!(asked, Command::Project(ProjectCommand::PickFolder));
    }
}

#[test]
fn welcome_while_a_project_is_made_shows_how_far_and_can_be_cancelled() {
    for lang in LANGUAGES {
        let progress = under_way();
        let mut state = nothing(lang);
        state.project.project.start(progress.clone());
        let mut screen = Screen::with_job(Page::Welcome, state, Some((Stage::Project, progress)));
        assert_loading(&mut screen, lang, Stage::Project);
        let asked = screen.first_answer(Role::Button, lang.t(welcome::OPEN_SAMPLE));
        assert!(asked.is_empty(), "one project at a time: {asked:?}");
    }
}

#[test]
fn welcome_after_a_failure_tells_it_and_still_offers_everything() {
    for lang in LANGUAGES {
        let mut state = nothing(lang);
        state.project.project = failed();
        state.settings.recent_projects = vec!["/projects/june".into()];
        let mut screen = Screen::of(Page::Welcome, state);
        assert_told(&screen);
        let asked = screen.answer(Role::Button, lang.t(welcome::OPEN_SAMPLE));
        assert_sent!(
            asked,
            Command::Project(ProjectCommand::CreateSample { run_flow: false })
        );
        let asked = screen.answer(Role::Button, "june");
        assert_sent!(asked, Command::Project(ProjectCommand::Open(folder)) if folder.ends_with("june"));
    }
}

#[test]
fn experiments_without_a_log_offer_to_choose_one_and_with_one_read_it() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Experiments, nothing(lang));
        let words = [experiments::EMPTY, experiments::EMPTY_WHY, experiments::PICK];
        let asked = empty_answer(&mut screen, lang, words);
        assert_sent!(asked, Command::Experiments(ExperimentsCommand::PickFiles));

        let mut state = nothing(lang);
        state.experiments.nothing_to_read = true;
        let mut screen = Screen::of(Page::Experiments, state);
        let words = [experiments::EMPTY, experiments::NOTHING, experiments::PICK];
        let asked = empty_answer(&mut screen, lang, words);
        assert_sent!(asked, Command::Experiments(ExperimentsCommand::PickFiles));

        let mut screen = Screen::of(Page::Experiments, shop().opened(lang));
        let words = [experiments::EMPTY, experiments::EMPTY_WHY, experiments::RUN];
        let asked = empty_answer(&mut screen, lang, words);
        assert_sent!(asked, Command::Experiments(ExperimentsCommand::Run));
    }
    // Where no dialog opens, a path does.
    let mut screen = Screen::of(Page::Experiments, nothing(English));
    let asked = type_path(&mut screen, "/logs/ab.csv");
    assert_sent!(
        asked,
        Command::Experiments(ExperimentsCommand::OpenFiles(files)) if *files == [PathBuf::from("/logs/ab.csv")]
    );
}

#[test]
fn experiments_at_work_and_failed() {
    for lang in LANGUAGES {
        let mut state = shop().opened(lang);
        state.experiments.report.start(under_way());
        assert_loading(&mut Screen::of(Page::Experiments, state), lang, Stage::Experiments);

        let mut state = shop().opened(lang);
        state.experiments.report = failed();
        let asked = failed_answer(&mut Screen::of(Page::Experiments, state), lang, experiments::PICK);
        assert_sent!(asked, Command::Experiments(ExperimentsCommand::PickFiles));

        // The log was read, its columns are known: they can be chosen by hand.
        let mut state = shop().done(lang);
        state.experiments.report = failed();
        let mut screen = Screen::of(Page::Experiments, state);
        failed_answer(&mut screen, lang, experiments::TO_SETTINGS);
        screen.scroll_to(Role::Button, lang.t(experiments::ANALYSE));
        let asked = screen.answer(Role::Button, lang.t(experiments::ANALYSE));
        assert_sent!(
            asked,
            Command::Experiments(ExperimentsCommand::RunWith(config)) if **config == shop().experiment.config
        );
    }
}

#[test]
fn experiments_show_the_verdict_the_effects_and_the_checks_of_the_report() {
    let report = &shop().experiment;
    let goal = &report.metrics[0];
    let treatment = &goal.treatments[0];
    let [low, high] = treatment
        .inference
        .relative_interval
        .expect("the control is apart from 0");
    let percent = |value: f64| {
        let digits = if (value * 100.0).abs() < 10.0 { 2 } else { 1 };
        format!("{:+.digits$} %", value * 100.0).replace('-', "−")
    };
    let relative = treatment.inference.relative.expect("an effect");
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Experiments, shop().done(lang));
        screen.must_show(lang.b(&report.verdict.headline));
        screen.must_show_part(&grouped(report.units));
        for variant in &report.variants {
            screen.must_show_part(&format!("{} {}", variant.name, grouped(variant.units)));
        }
        for metric in &report.metrics {
            screen.must_show(&metric.name);
        }
        screen.must_show(&percent(relative));
        screen.must_show(&format!(
            "{} {} [{}, {}]",
            goal.name,
            percent(relative),
            percent(low),
            percent(high)
        ));
        let passed = report.checks.iter().filter(|check| check.status == CheckStatus::Passed);
        screen.must_show(&experiments::passed(lang, passed.count()));
        for check in &report.checks {
            screen.must_show(lang.b(&check.title));
        }
        let again = screen.answer(Role::Button, lang.t(experiments::AGAIN));
        assert_sent!(again, Command::Experiments(ExperimentsCommand::Run));
        let export = screen.answer(Role::Button, lang.t(experiments::EXPORT));
        assert_sent!(export, Command::Experiments(ExperimentsCommand::Export));
        screen.press(Role::CheckBox, lang.t(experiments::PLANNER));
        screen.must_show(lang.t(experiments::ASK_UNITS));
    }
}

#[test]
fn lineage_with_nothing_leads_to_a_project_or_to_the_data() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Lineage, nothing(lang));
        let words = [lineage::EMPTY, lineage::EMPTY_WHY, train::TO_WELCOME];
        assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Welcome));

        let mut screen = Screen::of(Page::Lineage, shop().opened(lang));
        let words = [lineage::EMPTY, lineage::EMPTY_WHY, lineage::TO_DATA];
        assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Data));
    }
}

#[test]
fn lineage_while_a_project_opens_and_after_it_could_not() {
    for lang in LANGUAGES {
        let mut state = nothing(lang);
        state.project.project.start(under_way());
        assert_loading(&mut Screen::of(Page::Lineage, state), lang, Stage::Project);

        let mut state = nothing(lang);
        state.project.project = failed();
        let asked = failed_answer(&mut Screen::of(Page::Lineage, state), lang, train::TO_WELCOME);
        assert_sent!(asked, Command::Go(Page::Welcome));
    }
}

#[test]
fn lineage_lists_what_was_made_from_what() {
    let shop = shop();
    for lang in LANGUAGES {
        let screen = Screen::of(Page::Lineage, shop.done(lang));
        for kind in MADE_BY_THE_FLOW {
            let artefact = shop.artefacts.iter().find(|known| known.kind == kind).expect("made");
            screen.must_show(lang.t(lineage::kind(kind)));
            screen.must_show(artefact.hash.short());
        }
        let clean = shop.applied.dataset.info.hash.clone();
        assert!(
            shop.set.provenance.inputs.contains(&clean),
            "the features are of the clean log"
        );
        screen.must_show_part(shop.log.info.hash.short());
    }
}
