//! The pages that make a training table of the log (Recipe, Features): with nothing, at work, failed, and with real
//! results.

use super::LANGUAGES;
use super::screen::{Screen, assert_sent};
use super::shop::shop;
use super::states::{assert_loading, assert_told, empty_answer, failed, failed_answer, grouped, nothing, under_way};
use egui::Role;
use touchstone::engine::features::FeatureKind;
use touchstone::engine::project::{ArtefactKind, ArtefactRecord};
use touchstone::engine::recipe::Recipe;
use touchstone::gui::command::Command;
use touchstone::gui::command::features::FeaturesCommand;
use touchstone::gui::command::recipe::RecipeCommand;
use touchstone::gui::i18n::{common, features, recipe};
use touchstone::gui::loadable::Loadable;
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language::English;
use touchstone::gui::state::Stage;

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
