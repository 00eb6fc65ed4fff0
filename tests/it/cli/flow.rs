//! `touchstone flow`: the whole road in one command, taken over where it was done.

use crate::program::{Folder, MADE_BY_THE_FLOW, at, number};
use crate::tiny_model::{shop_words, write_model};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::Duration;
use touchstone::engine::flow::FlowStage;
use touchstone::engine::project::Project;
use touchstone::engine::recipe::Recipe;
use touchstone::gui::state::flow::FLOW;
use touchstone::gui::state::{Stage, StageMark};

fn stages(value: &Value) -> Vec<(String, bool)> {
    let all = value["stages"].as_array().expect("a list").iter();
    all.map(|stage| {
        let name = stage["stage"].as_str().expect("a name").to_owned();
        (name, stage["skipped"].as_bool().expect("yes or no"))
    })
    .collect()
}

/// The sample shop, and the default base model in the cache by its name.
fn shop() -> Folder {
    let folder = Folder::new();
    folder.run(&["sample", "shop", "--rows", "4000"]).with_code(0);
    write_model(&folder.join("home/cache/touchstone/models/minilm-l6"), &shop_words());
    folder
}

#[test]
fn the_sample_goes_all_the_way_and_the_second_time_everything_is_taken_over() {
    let folder = shop();
    let part = folder.json(&["flow", "shop", "--until", "audit"]);
    assert_eq!(stages(&part).len(), 2);
    let first = folder.json(&["flow", "shop"]);
    let names: Vec<String> = stages(&first).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, FlowStage::ALL.map(FlowStage::name));
    let skipped = |value: &Value| -> Vec<String> {
        let all = stages(value).into_iter();
        all.filter(|(_, skipped)| *skipped).map(|(name, _)| name).collect()
    };
    assert_eq!(
        skipped(&first),
        ["audit"],
        "only what the shorter flow did is taken over"
    );
    let project = Project::open(&folder.join("shop")).expect("a project");
    let made = project.artefacts(None).expect("a catalogue");
    for kind in MADE_BY_THE_FLOW {
        assert!(
            made.iter().any(|artefact| artefact.kind == kind),
            "no {kind:?} in the catalogue"
        );
    }
    let recipe: Option<Recipe> = project.setting("recipe").expect("readable");
    assert!(
        recipe.is_some_and(|recipe| recipe.steps.len() >= 3),
        "the proposed recipe is the project's"
    );
    drop(project);

    let again = folder.json(&["flow", "shop"]);
    assert_eq!(skipped(&again), names[1..], "{again:#}");
    assert!(number(&again, "elapsed_ms") > 0.0 && at(&again, "stages.0.facts").is_object());
    for (stage, name) in names.iter().enumerate().skip(1) {
        let facts = |value: &Value| at(value, &format!("stages.{stage}.facts")).clone();
        assert_eq!(
            facts(&first),
            facts(&again),
            "{name} says the same when it is taken over"
        );
    }
    the_window_shows_every_stage_done(&folder);
    the_report_shows_everything(&folder);
    a_changed_log_is_not_taken_over(&folder);
}

fn the_window_shows_every_stage_done(folder: &Folder) {
    let mut window = super::kept::open(folder.join("shop"));
    window.wait("restored", Duration::from_secs(90), |app| {
        let state = &app.state;
        state.audit.report.ready().is_some()
            && state.recipe.applied.ready().is_some()
            && state.features.set.ready().is_some()
            && state.train.is_listed
            && state.evaluate.evaluations.ready().is_some()
            && state.compare.comparison.ready().is_some()
            && state.experiments.report.ready().is_some()
    });
    let state = &window.app().state;
    for stage in FLOW {
        let mark = state.status(stage).mark;
        let is_done = matches!(mark, StageMark::Done | StageMark::NeedsAttention);
        assert!(is_done, "{stage:?} is {mark:?}");
    }
    assert_eq!(state.status(Stage::Features).mark, StageMark::Done);
    assert!(!state.recipe.recipe.steps.is_empty() && state.status(Stage::Recipe).count.is_some());
    assert!(state.project.notice.is_none(), "{:?}", state.project.notice);
}

fn the_report_shows_everything(folder: &Folder) {
    folder.run(&["report", "shop", "--html", "shop.html"]).with_code(0);
    let html = folder.read("shop.html");
    for id in [
        "data",
        "audit",
        "recipe",
        "features",
        "runs",
        "evaluation",
        "comparison",
        "experiment",
        "lineage",
    ] {
        assert!(
            html.contains(&format!("id=\"{id}\"")) && html.contains(&format!("href=\"#{id}\"")),
            "{id}"
        );
    }
    assert!(!html.contains("Not made yet"), "every part is there");
    for forbidden in ["<script", "http://", "https://", "NaN"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.len() < 3_000_000, "{} bytes", html.len());
    folder
        .run(&["report", "shop", "--html", "zh.html", "--lang", "zh"])
        .with_code(0);
    assert!(folder.read("zh.html").contains("血缘"));
}

fn a_changed_log_is_not_taken_over(folder: &Folder) {
    let log = folder.read("shop/events.csv");
    let (kept, _) = log.rsplit_once("\n").map_or((log.as_str(), ""), |cut| cut);
    let shorter = kept.rsplit_once('\n').map_or(kept, |(kept, _)| kept);
    folder.write("shop/events.csv", format!("{shorter}\n"));
    let value = folder.json(&["flow", "shop", "--until", "features"]);
    assert!(stages(&value).iter().all(|(_, skipped)| !skipped), "{value:#}");
}

#[test]
fn a_killed_flow_goes_on_where_it_stopped() {
    let folder = shop();
    let mut flow = folder
        .command()
        .args(["flow", "shop"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(flow.stdout.take().expect("piped")).lines();
    let done: Vec<String> = lines
        .map(|line| line.expect("text"))
        .take_while(|line| !line.contains("features"))
        .collect();
    flow.kill().expect("it runs");
    flow.wait().expect("it ended");
    assert_eq!(done.len(), 3, "data, audit, recipe: {done:?}");
    let value = folder.json(&["flow", "shop"]);
    let stages = stages(&value);
    assert_eq!(stages.len(), 8);
    let of = |name: &str| {
        stages
            .iter()
            .find(|(stage, _)| stage == name)
            .map(|(_, skipped)| *skipped)
    };
    for stage in ["audit", "recipe", "features"] {
        assert_eq!(of(stage), Some(true), "{stage} was done before the kill");
    }
    assert_eq!(of("evaluate"), Some(false));
    let left = std::fs::read_dir(folder.join("shop/data")).expect("readable").flatten();
    let hidden: Vec<_> = left
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(hidden.is_empty(), "nothing half-made is left: {hidden:?}");
}

#[test]
fn what_cannot_flow_says_why() {
    let folder = Folder::new();
    folder
        .run(&["flow", "absent"])
        .with_code(2)
        .says(&["absent", "touchstone sample"]);
    std::fs::create_dir(folder.join("empty")).expect("writable");
    folder
        .run(&["flow", "empty", "--until", "tomorrow"])
        .with_code(2)
        .says(&["tomorrow", "features"]);
    folder.run(&["flow", "empty"]).with_code(1).says(&["empty"]);
}

#[test]
fn base_models_are_listed_and_imported() {
    let folder = Folder::new();
    let list = folder.json(&["models", "list"]);
    assert!(list.to_string().contains("minilm-l6"), "{list:#}");
    write_model(&folder.join("mine"), &shop_words());
    folder.run(&["models", "import", "mine"]).with_code(0);
    let list = folder.json(&["models", "list"]).to_string();
    assert!(list.contains("\"mine\""), "{list}");
    folder
        .run(&["models", "import", "nothing"])
        .with_code(1)
        .says(&["nothing"]);
}
