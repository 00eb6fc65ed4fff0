//! The pages about models (Train, Evaluate, Compare): with nothing, at work, failed, and with real results.

use super::LANGUAGES;
use super::screen::{Screen, assert_sent};
use super::shop::shop;
use super::states::{
    ERROR, assert_loading, assert_told, empty_answer, failed, failed_answer, grouped, nothing, under_way,
};
use egui::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::sync::Arc;
use touchstone::engine::compare::PairResult;
use touchstone::engine::eval::Metric;
use touchstone::engine::run::status::RunStatus;
use touchstone::gui::command::Command;
use touchstone::gui::command::compare::CompareCommand;
use touchstone::gui::command::evaluate::EvaluateCommand;
use touchstone::gui::command::train::{RunAction, TrainCommand};
use touchstone::gui::i18n::{compare, evaluate, shell, train};
use touchstone::gui::loadable::Loadable;
use touchstone::gui::pages::Page;
use touchstone::gui::runs::RunList;
use touchstone::gui::settings::Language;
use touchstone::gui::state::{AppState, Stage};

/// Everything done up to the features; no run yet.
fn untrained(language: Language) -> AppState {
    let mut state = shop().done(language);
    state.train.runs = Arc::new(RunList::default());
    state.evaluate.evaluations = Loadable::Empty;
    state.compare.comparison = Loadable::Empty;
    state
}

#[test]
fn train_with_nothing_leads_to_a_project_to_features_or_to_the_form() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Train, nothing(lang));
        let words = [train::NO_PROJECT, train::NO_PROJECT_WHY, train::TO_WELCOME];
        assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Welcome));

        let mut screen = Screen::of(Page::Train, shop().read(lang));
        let words = [train::NO_RUNS, train::NO_INPUTS_WHY, train::TO_FEATURES];
        assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Features));

        let mut screen = Screen::of(Page::Train, untrained(lang));
        let words = [train::NO_RUNS, train::NO_RUNS_WHY, train::NEW_RUN];
        let asked = empty_answer(&mut screen, lang, words);
        assert_sent!(asked, Command::Train(TrainCommand::Refresh));
        screen.must_show(lang.t(train::form::TITLE));
        let asked = screen.answer(Role::Button, lang.t(train::form::START));
        assert_sent!(asked, Command::Train(TrainCommand::Start(config)) if config.data == shop().inputs.data);
    }
}

#[test]
fn train_at_work_and_failed() {
    for lang in LANGUAGES {
        let mut state = untrained(lang);
        state.train.started.start(under_way());
        assert_loading(&mut Screen::of(Page::Train, state), lang, Stage::Train);

        let mut state = untrained(lang);
        state.train.is_listed = false;
        let screen = Screen::of(Page::Train, state);
        screen.must_show(lang.t(train::READING));

        let mut state = untrained(lang);
        state.train.started = failed();
        let mut screen = Screen::of(Page::Train, state);
        let asked = failed_answer(&mut screen, lang, train::NEW_RUN);
        assert_sent!(asked, Command::Train(TrainCommand::DismissError));
        screen.must_show(lang.t(train::form::TITLE));

        // With runs on the page the reason stands above them until it is dismissed.
        let mut state = shop().done(lang);
        state.train.error = Some(ERROR.to_owned());
        let mut screen = Screen::of(Page::Train, state);
        assert_told(&screen);
        let asked = screen.answer(Role::Button, lang.t(shell::DISMISS));
        assert_sent!(asked, Command::Train(TrainCommand::DismissError));
    }
}

#[test]
fn a_run_that_crashed_or_failed_can_be_resumed() {
    let finished = &shop().runs.runs[0];
    let failure = RunStatus::Failed {
        message: "the loss is not a number".to_owned(),
        hint: "use a smaller learning rate".to_owned(),
    };
    for lang in LANGUAGES {
        for (status, told) in [
            (RunStatus::Crashed, lang.t(train::CRASHED)),
            (failure.clone(), "use a smaller learning rate"),
        ] {
            let mut run = finished.clone();
            run.status = status;
            let mut state = shop().done(lang);
            state.train.runs = Arc::new(RunList {
                runs: vec![run],
                ..RunList::default()
            });
            let mut screen = Screen::of(Page::Train, state);
            screen.must_show_part(told);
            let asked = screen.answer(Role::Button, lang.t(train::action(RunAction::Resume)));
            assert_sent!(asked, Command::Train(TrainCommand::Act(id, RunAction::Resume)) if *id == finished.run_id);
        }
    }
}

#[test]
fn train_shows_the_run_as_its_event_log_tells_it() {
    let run = &shop().runs.runs[0];
    assert_eq!(run.status, RunStatus::Finished);
    let best = run.view.best().expect("it was evaluated");
    let value = run.best_value().expect("by the metric that decides");
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Train, shop().done(lang));
        screen.starting_with(
            Role::Button,
            &format!("{} {}", lang.t(train::STEP), grouped(run.view.step)),
        );
        let shown = screen.starting_with(Role::Button, &train::valid_metric(lang, &run.config.metric));
        assert!(shown.contains(&grouped(best.step)), "{shown}");
        screen.must_show(&format!("{value:.4}"));
        let curve = screen.starting_with(Role::Image, &format!("{} ", lang.t(train::LOSS)));
        assert!(curve.ends_with(&format!("({})", grouped(run.view.step))), "{curve}");
        screen.must_show(train::status(lang, &RunStatus::Finished));
        let samples = &run.view.samples.last().expect("sample predictions").rows;
        screen.must_show(&samples[0].text);
        screen.press(Role::CheckBox, lang.t(train::CONSOLE));
        screen.must_show_part("checkpoints/step-");
        screen.press(Role::CheckBox, lang.t(train::SETTINGS));
        screen.must_show(&run.run_id);
        let on = screen.answer(Role::Button, lang.t(train::EVALUATE));
        assert_sent!(on, Command::Go(Page::Evaluate));
    }
}

#[test]
fn evaluate_with_nothing_leads_to_training_and_with_a_run_evaluates_it() {
    for lang in LANGUAGES {
        for state in [nothing(lang), untrained(lang)] {
            let mut screen = Screen::of(Page::Evaluate, state);
            let words = [evaluate::EMPTY, evaluate::EMPTY_WHY, evaluate::TO_TRAIN];
            assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Train));
        }
        let mut state = shop().done(lang);
        state.evaluate.evaluations = Loadable::Empty;
        let mut screen = Screen::of(Page::Evaluate, state);
        let words = [evaluate::EMPTY, evaluate::EMPTY_WHY, evaluate::RUN];
        let asked = empty_answer(&mut screen, lang, words);
        assert_sent!(asked, Command::Evaluate(EvaluateCommand::Run));
    }
}

#[test]
fn evaluate_at_work_and_failed() {
    for lang in LANGUAGES {
        let mut state = untrained(lang);
        state.evaluate.evaluations.start(under_way());
        assert_loading(&mut Screen::of(Page::Evaluate, state), lang, Stage::Evaluate);

        let mut state = untrained(lang);
        state.evaluate.evaluations = failed();
        let mut screen = Screen::of(Page::Evaluate, state);
        let asked = failed_answer(&mut screen, lang, evaluate::AGAIN);
        assert_sent!(asked, Command::Evaluate(EvaluateCommand::Run));
        let asked = screen.answer(Role::Button, lang.t(evaluate::TO_TRAIN));
        assert_sent!(asked, Command::Go(Page::Train));
    }
}

#[test]
fn evaluate_shows_the_metrics_of_the_model_and_its_baselines() {
    let report = &shop().evaluations.report;
    assert!(
        report.models.len() >= 3,
        "the model, popularity and the logistic regression"
    );
    let model = &report.models[0];
    let found = &model.evaluation;
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Evaluate, shop().done(lang));
        for name in ["auc", "average_precision", "log_loss", "ece"] {
            let metric = Metric::parse(name).expect("a metric");
            let value = found.value(metric).expect("defined on the sample");
            screen.starting_with(Role::Button, &format!("{} {value:.4}", lang.b(&metric.label())));
        }
        let auc = Metric::parse("auc").expect("a metric");
        let [low, high] = found.interval(auc).expect("an interval");
        screen.must_show_part(&format!("95 %: {low:.3} – {high:.3}"));
        screen.must_show_part(&format!("{} ", report.data_name));
        for other in &report.models {
            screen.must_show_part(evaluate::model_name(lang, other));
        }
        let confusion = found.confusion.expect("two classes");
        screen.must_show_part(&format!("{} / {}", confusion.true_positives, confusion.false_negatives));
        // One caption below each of the four plots.
        for axes in [
            evaluate::axes(lang, evaluate::FALSE_POSITIVE_RATE, evaluate::TRUE_POSITIVE_RATE),
            evaluate::axes(lang, evaluate::RECALL, evaluate::PRECISION),
            evaluate::axes(lang, evaluate::SCORE, evaluate::SHARE_OF_CLASS),
        ] {
            screen.must_show(&axes);
        }
        let on = screen.answer(Role::Button, lang.t(evaluate::TO_COMPARE));
        assert_sent!(on, Command::Go(Page::Compare));
        let again = screen.answer(Role::Button, lang.t(evaluate::AGAIN));
        assert_sent!(again, Command::Evaluate(EvaluateCommand::Run));
    }
}

#[test]
fn the_half_button_sets_the_confusion_matrix_at_one_half() {
    let found = &shop().evaluations.report.models[0].evaluation;
    let counts = |screen: &Screen| {
        let all = screen.texts();
        let label = all.iter().find(|text| text.starts_with("Threshold label 1"));
        label.expect("the matrix in words").clone()
    };
    let mut screen = Screen::of(Page::Evaluate, shop().done(Language::English));
    let before = counts(&screen);
    screen.press(Role::Button, evaluate::HALF.en);
    let half = found.at_half.expect("scores are probabilities").confusion;
    let after = counts(&screen);
    let expected = format!(
        "Threshold label 1: {} / {}; label 0: {} / {}",
        half.true_positives, half.false_negatives, half.false_positives, half.true_negatives
    );
    assert_eq!(after, expected);
    let own = found.threshold.expect("a threshold");
    assert!(before != after || (own - 0.5).abs() < 0.05, "{before} at {own}");
}

/// The threshold as the field beside the slider shows it.
fn threshold(screen: &Screen) -> f64 {
    let shown = screen.0.get_by_role(Role::SpinButton).accesskit_node().value();
    shown.and_then(|shown| shown.trim().parse().ok()).expect("a number")
}

/// Presses an arrow key on the slider and returns the threshold after it; the confusion matrix must follow.
#[track_caller]
fn arrow(screen: &mut Screen, modifiers: egui::Modifiers, key: egui::Key) -> f64 {
    let before = screen.texts();
    screen.0.key_press_modifiers(modifiers, key);
    screen.draw();
    let matrix = |texts: &[String]| texts.iter().find(|text| text.starts_with("Threshold label 1")).cloned();
    assert_ne!(matrix(&screen.texts()), matrix(&before), "{key:?} changed no count");
    threshold(screen)
}

#[test]
fn the_arrow_keys_move_the_threshold_by_a_hundredth() {
    const NONE: egui::Modifiers = egui::Modifiers::NONE;
    let found = &shop().evaluations.report.models[0].evaluation;
    let all = &found.thresholds.thresholds;
    let mut screen = Screen::of(Page::Evaluate, shop().done(Language::English));
    // A button sets a threshold that the keys then move on; the best one may be the lowest score there is.
    screen.press(Role::Button, evaluate::BEST_F1.en);
    let best = threshold(&screen);
    let lowest = all.last().expect("scores");
    let (away, back) = if best - lowest < 0.02 {
        (egui::Key::ArrowRight, egui::Key::ArrowLeft)
    } else {
        (egui::Key::ArrowLeft, egui::Key::ArrowRight)
    };
    let sign = if away == egui::Key::ArrowRight { 1.0 } else { -1.0 };
    screen.0.get_by_role(Role::Slider).focus();
    screen.draw();
    let moved = arrow(&mut screen, NONE, away);
    let between = all.iter().any(|score| {
        let distance = (score - best) * sign;
        distance > 2e-4 && distance <= 0.01
    });
    assert!((moved - best) * sign > 0.0, "{best} to {moved}");
    assert!(
        !between || (moved - best) * sign <= 0.01 + 2e-4,
        "a hundredth at most: {best} to {moved}"
    );
    let returned = arrow(&mut screen, NONE, back);
    assert!((returned - moved) * sign < 0.0, "{moved} to {returned}");
    // Again and again, in small steps with Shift.
    for _ in 0..3 {
        arrow(&mut screen, egui::Modifiers::SHIFT, away);
    }
}

#[test]
fn compare_with_nothing_leads_to_evaluate_or_compares() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Compare, untrained(lang));
        let words = [compare::EMPTY, compare::EMPTY_WHY, compare::TO_EVALUATE];
        assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Evaluate));

        let mut state = shop().done(lang);
        state.compare.comparison = Loadable::Empty;
        let mut screen = Screen::of(Page::Compare, state);
        let words = [compare::EMPTY, compare::EMPTY_WHY, compare::RUN];
        assert_sent!(
            empty_answer(&mut screen, lang, words),
            Command::Compare(CompareCommand::Run)
        );

        // One model alone: comparing again would find the same, a second model helps.
        let mut state = shop().done(lang);
        state.compare.comparison = Loadable::Empty;
        state.compare.nothing_to_compare = true;
        let mut screen = Screen::of(Page::Compare, state);
        let words = [compare::EMPTY, compare::NOTHING, compare::TO_TRAIN];
        assert_sent!(empty_answer(&mut screen, lang, words), Command::Go(Page::Train));
    }
}

#[test]
fn compare_at_work_and_failed() {
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.compare.comparison = Loadable::Empty;
        state.compare.comparison.start(under_way());
        assert_loading(&mut Screen::of(Page::Compare, state), lang, Stage::Compare);

        let mut state = untrained(lang);
        state.compare.comparison = failed();
        let mut screen = Screen::of(Page::Compare, state);
        let asked = failed_answer(&mut screen, lang, compare::AGAIN);
        assert_sent!(asked, Command::Compare(CompareCommand::Run));
        let asked = screen.answer(Role::Button, lang.t(compare::TO_EVALUATE));
        assert_sent!(asked, Command::Go(Page::Evaluate));
    }
}

#[test]
fn compare_shows_the_verdict_and_the_differences() {
    let found = &shop().compared.comparison;
    let deciding: Vec<&PairResult> = found
        .pairs
        .iter()
        .filter(|pair| pair.metric == found.primary_metric)
        .collect();
    // The newest model against the strongest baseline is the pair made last.
    let shown = deciding.last().expect("a pair");
    let (a, b) = (shown.value_a.expect("defined"), shown.value_b.expect("defined"));
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Compare, shop().done(lang));
        screen.must_show(lang.b(&found.verdict));
        screen.must_show_part(&grouped(found.n));
        for value in [a, b] {
            screen.must_show(&format!("{value:.4}"));
        }
        let difference = shown.delta.expect("both are defined");
        assert!((difference - (b - a)).abs() < 1e-12);
        let difference = format!("{difference:+.4}").replace('-', "−");
        screen.must_show(&difference);
        assert!(
            screen.count_of(lang.b(&found.primary_metric.label())) >= 1,
            "{}",
            screen.texts().join("\n")
        );
        for model in &found.models {
            let shown = evaluate::shown_name(lang, &model.name);
            assert_eq!(screen.count_with(Role::CheckBox, shown), 1, "{shown}");
        }
        if lang == Language::Chinese {
            let english = |text: &String| text.contains("Popularity") || text.contains("Logistic regression");
            let left: Vec<String> = screen.texts().into_iter().filter(english).collect();
            assert_eq!(left, [""; 0], "baselines are named in Chinese");
        }
        let again = screen.answer(Role::Button, lang.t(compare::AGAIN));
        assert_sent!(again, Command::Compare(CompareCommand::Run));
    }
}

#[test]
fn a_model_is_left_out_of_the_comparison_by_its_chip() {
    let found = &shop().compared.comparison;
    let left_out = &found.models[0].name;
    let mut screen = Screen::of(Page::Compare, shop().done(Language::English));
    let asked = screen.answer(Role::CheckBox, left_out);
    assert_sent!(asked, Command::Compare(CompareCommand::RunWith(choice)) if !choice.models.contains(left_out));
}
