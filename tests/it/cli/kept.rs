//! `--project`: what each command makes is in the project's catalogue with its lineage, and the window shows it.

use crate::gui::Window;
use crate::program::{Folder, sample_file};
use crate::tiny_model::{shop_words, write_model};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;
use touchstone::engine::project::{ArtefactKind, ArtefactRecord, Project};
use touchstone::gui::LaunchOptions;
use touchstone::gui::state::{Stage, StageMark};

const SOON: Duration = Duration::from_secs(90);

fn plain(name: &str) -> String {
    sample_file(name).to_str().expect("a plain path").to_owned()
}

fn run(folder: &Folder, line: &str) {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(["--project", "shop"]);
    folder.run(&words).with_code(0);
}

fn catalogue(folder: &Folder) -> Vec<ArtefactRecord> {
    let project = Project::open(&folder.join("shop")).expect("a project");
    project.artefacts(None).expect("a catalogue")
}

fn of_kind(artefacts: &[ArtefactRecord], kind: ArtefactKind) -> Vec<&ArtefactRecord> {
    artefacts.iter().filter(|artefact| artefact.kind == kind).collect()
}

pub fn open(project: PathBuf) -> Window {
    Window::open(LaunchOptions {
        project: Some(project),
        ..LaunchOptions::default()
    })
}

#[test]
fn the_data_commands_fill_a_project_that_the_window_shows() {
    let folder = Folder::new();
    let (log, items) = (plain("events.csv"), plain("items.csv"));
    run(&folder, &format!("audit {log} --items {items}"));
    let made = catalogue(&folder);
    assert_eq!(
        of_kind(&made, ArtefactKind::Dataset).len(),
        2,
        "the log and the item table"
    );
    let audit = of_kind(&made, ArtefactKind::Audit)[0].clone();
    assert!(audit.content["scores"].is_object() && audit.inputs.len() == 2);
    run(&folder, &format!("audit {log} --items {items}"));
    assert_eq!(catalogue(&folder).len(), made.len(), "the same audit twice is one line");

    run(
        &folder,
        &format!("recipe suggest {log} --items {items} --out recipe.json"),
    );
    run(
        &folder,
        &format!("clean {log} --recipe recipe.json --out clean.parquet"),
    );
    run(&folder, &format!("features clean.parquet --items {items}"));
    run(&folder, "split clean.parquet --strategy random --seed 1 --out parts");
    let made = catalogue(&folder);
    let set = of_kind(&made, ArtefactKind::FeatureSet)[0];
    let parents: Vec<&ArtefactRecord> = made.iter().filter(|known| set.inputs.contains(&known.hash)).collect();
    assert!(
        parents.iter().any(|parent| parent.name == "clean"),
        "made from the cleaned file: {parents:?}"
    );
    let file = parents.iter().find(|parent| parent.name == "clean").expect("just seen");
    let clean = of_kind(&made, ArtefactKind::CleanDataset)[0];
    assert_eq!(file.inputs, vec![clean.hash.clone()], "which was made by the recipe");
    for artefact in &made {
        for input in &artefact.inputs {
            assert!(
                made.iter().any(|known| known.hash == *input),
                "{} of {} is not known",
                input,
                artefact.name
            );
        }
    }

    let mut window = open(folder.join("shop"));
    window.wait("restored", SOON, |app| {
        let state = &app.state;
        state.audit.report.ready().is_some()
            && state.recipe.applied.ready().is_some()
            && state.features.set.ready().is_some()
    });
    let state = &window.app().state;
    assert_eq!(
        state.project.sources.events,
        [PathBuf::from(&log)],
        "the first log becomes the project's"
    );
    assert!(state.recipe.recipe.steps.len() >= 3);
    assert_eq!(state.status(Stage::Recipe).mark, StageMark::Done);
    assert_eq!(
        catalogue_of(&window, ArtefactKind::Audit),
        1,
        "the window audits again and finds its line there"
    );
}

/// Lines of a kind as the window has them.
fn catalogue_of(window: &Window, kind: ArtefactKind) -> usize {
    let artefacts = &window.app().state.project.artefacts;
    of_kind(artefacts, kind).len()
}

#[test]
fn the_model_commands_fill_a_project_that_the_window_shows() {
    let folder = Folder::new();
    let (log, items) = (plain("events.csv"), plain("items.csv"));
    run(&folder, &format!("features {log} --items {items} --out set"));
    write_model(&folder.join("base"), &shop_words());
    let set = folder.json(&["features", &log, "--items", &items, "--out", "again"]);
    let config = json!({
        "base_model": folder.join("base"), "data": {
            "train": "set/train.parquet", "valid": "set/valid.parquet", "test": "set/test.parquet",
            "text": set["text"], "numeric": set["numeric"], "label": set["label_column"], "group": set["group_column"],
        },
        "max_length": 16, "batch_size": 64, "max_steps": 10, "device": "cpu",
    });
    folder.write("config.json", config.to_string());
    run(&folder, "train --config config.json");
    let made = catalogue(&folder);
    let trained = of_kind(&made, ArtefactKind::Run)[0];
    assert_eq!(
        trained.inputs,
        vec![of_kind(&made, ArtefactKind::FeatureSet)[0].hash.clone()]
    );
    let model = format!("shop/runs/{}/model", trained.name);
    run(
        &folder,
        &format!("predict --model {model} --data set/test.parquet --out scored.parquet"),
    );
    run(
        &folder,
        "evaluate --data scored.parquet --label label --score score --bootstrap 50",
    );
    let made = catalogue(&folder);
    let evaluation = of_kind(&made, ArtefactKind::Evaluation)[0];
    let scored = made
        .iter()
        .find(|known| evaluation.inputs.contains(&known.hash))
        .expect("the scored file");
    let test = made
        .iter()
        .find(|known| scored.inputs.contains(&known.hash))
        .expect("the test rows");
    assert_eq!((scored.name.as_str(), test.name.as_str()), ("scored", "test"));

    run(
        &folder,
        "compare --data scored.parquet --label label --scores price,score --metric auc --bootstrap 50",
    );
    let test = plain("experiment.csv");
    run(&folder, &format!("experiment {test} --guess"));
    let mut window = open(folder.join("shop"));
    window.wait("restored", SOON, |app| {
        let state = &app.state;
        state.evaluate.evaluations.ready().is_some()
            && state.compare.comparison.ready().is_some()
            && state.experiments.report.ready().is_some()
            && state.train.is_listed
    });
    let state = &window.app().state;
    let compared = state.compare.comparison.ready().expect("just seen");
    let names: Vec<&str> = compared
        .comparison
        .models
        .iter()
        .map(|model| model.name.as_str())
        .collect();
    assert_eq!(names, ["price", "score"]);
    for stage in [Stage::Train, Stage::Evaluate, Stage::Compare] {
        assert_eq!(state.status(stage).mark, StageMark::Done, "{stage:?}");
    }
    assert!(
        state.experiments.choice.config.is_some(),
        "the settings of the report are shown with it"
    );
}

#[test]
fn a_command_without_an_artefact_says_so_and_a_busy_project_is_refused() {
    let folder = Folder::new();
    let ended = folder
        .run(&[
            "power",
            "--kind",
            "mean",
            "--baseline",
            "1",
            "--sd",
            "1",
            "--mde",
            "0.1",
            "--project",
            "shop",
        ])
        .with_code(0);
    assert!(
        ended.stderr.starts_with("warning: ") && ended.stderr.contains("--project"),
        "{ended:?}"
    );
    assert!(!folder.join("shop").exists());
    let busy = Project::open(&folder.join("shop")).expect("a project");
    folder.write("log.csv", "a,b\n1,2\n2,3\n");
    for line in ["audit log.csv --project shop", "flow shop"] {
        folder
            .run(&line.split(' ').collect::<Vec<_>>())
            .with_code(1)
            .says(&["open in another window", "close"]);
    }
    drop(busy);
}
