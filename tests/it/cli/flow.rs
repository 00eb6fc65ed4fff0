//! `touchstone flow`: the whole road in one command, taken over where it was done.

use crate::program::{Folder, at, number};
use crate::tiny_model::{shop_words, write_model};
use serde_json::Value;
use touchstone::engine::project::{ArtefactKind, Project};

const STAGES: [&str; 8] = [
    "data",
    "audit",
    "recipe",
    "features",
    "train",
    "evaluate",
    "compare",
    "experiments",
];

fn stages(value: &Value) -> Vec<(String, bool)> {
    let all = value["stages"].as_array().expect("a list").iter();
    all.map(|stage| {
        let name = stage["stage"].as_str().expect("a name").to_owned();
        (name, stage["skipped"].as_bool().expect("yes or no"))
    })
    .collect()
}

#[test]
fn the_sample_goes_all_the_way_and_the_second_time_nothing_is_trained_again() {
    let folder = Folder::new();
    folder.run(&["sample", "shop", "--rows", "4000"]).with_code(0);
    // The default base model, found in the cache by its name.
    write_model(&folder.join("home/cache/touchstone/models/minilm-l6"), &shop_words());
    let part = folder.json(&["flow", "shop", "--until", "audit"]);
    assert_eq!(stages(&part).len(), 2);
    let first = folder.json(&["flow", "shop"]);
    let names: Vec<String> = stages(&first).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, STAGES);
    let trained = |value: &Value| stages(value).iter().any(|(name, skipped)| name == "train" && !skipped);
    assert!(trained(&first), "{first:#}");
    let again = folder.json(&["flow", "shop"]);
    assert!(!trained(&again), "{again:#}");
    assert!(number(&first, "elapsed_ms") > 0.0 && at(&again, "stages.0.facts").is_object());

    let project = Project::open(&folder.join("shop")).expect("a project");
    let made = project.artefacts(None).expect("a catalogue");
    for kind in [
        ArtefactKind::Dataset,
        ArtefactKind::Audit,
        ArtefactKind::Recipe,
        ArtefactKind::CleanDataset,
        ArtefactKind::FeatureSet,
        ArtefactKind::Run,
        ArtefactKind::Evaluation,
    ] {
        assert!(
            made.iter().any(|artefact| artefact.kind == kind),
            "no {kind:?} in the catalogue"
        );
    }
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
