//! Where a model's rows came from: files with their hashes, the feature set, the cleaning recipe, the log.
//!
//! Invariant: looks only at what lies beside the training file and in the run's own project; what is not found there
//! is absent, never guessed.

use crate::engine::artifact::ContentHash;
use crate::engine::features::FeatureSet;
use crate::engine::models::{self, Source};
use crate::engine::project::{ArtefactKind, Project};
use crate::engine::recipe::Recipe;
use crate::engine::run::RunDir;
use crate::engine::run::config::TrainConfig;
use crate::engine::train::tasks::TaskRules;
use std::path::Path;

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Without its folder, which is nobody else's business.
    pub name: String,
    pub bytes: u64,
    /// BLAKE3; `None` if it could not be read any more.
    pub hash: Option<ContentHash>,
}

impl FileFacts {
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut hasher = blake3::Hasher::new();
        let read = std::fs::File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut hasher));
        Self {
            name,
            bytes: *read.as_ref().unwrap_or(&0),
            hash: read
                .is_ok()
                .then(|| ContentHash(hasher.finalize().to_hex().to_string())),
        }
    }
}

/// Rows a part holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFacts {
    pub part: &'static str,
    pub rows: usize,
    /// What the labels are, e.g. `12 positive`, in a few words.
    pub labels: String,
}

impl RowFacts {
    pub fn of(part: &'static str, labels: &[f32], rules: &dyn TaskRules) -> Self {
        Self {
            part,
            rows: labels.len(),
            labels: rules.describe(labels),
        }
    }
}

/// The way from the log to the rows.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// `train`, `valid`, `test` with their files.
    pub files: Vec<(&'static str, FileFacts)>,
    pub feature_set: Option<FeatureSet>,
    pub cleaning: Option<Cleaning>,
    /// Where the base model came from, if its folder tells.
    pub base: Option<Source>,
}

/// How the log was cleaned.
#[derive(Clone, Debug)]
pub struct Cleaning {
    pub log: ContentHash,
    pub clean: ContentHash,
    pub recipe_hash: ContentHash,
    pub recipe: Recipe,
}

impl Origin {
    pub fn of(run: &RunDir, config: &TrainConfig) -> Self {
        let data = &config.data;
        let files = [
            ("train", Some(&data.train)),
            ("valid", data.valid.as_ref()),
            ("test", data.test.as_ref()),
        ];
        let feature_set = data.train.parent().and_then(|folder| FeatureSet::load(folder).ok());
        let project = run.path().parent().and_then(Path::parent);
        let cleaning = feature_set
            .as_ref()
            .and_then(|set| set.provenance.inputs.first())
            .and_then(|table| cleaning_of(project?, table));
        Self {
            files: files
                .into_iter()
                .filter_map(|(part, path)| Some((part, FileFacts::of(path?))))
                .collect(),
            feature_set,
            cleaning,
            base: models::resolve(&config.base_model)
                .ok()
                .and_then(|dir| Source::of(&dir)),
        }
    }
}

/// How the table of this hash was cleaned, if the project knows.
fn cleaning_of(project: &Path, table: &ContentHash) -> Option<Cleaning> {
    let project = Project::exists(project).then(|| Project::look_into(project).ok())??;
    let clean = project.artefacts(Some(ArtefactKind::CleanDataset)).ok()?;
    let clean = clean.into_iter().find(|record| record.hash == *table)?;
    let recipes = project.artefacts(Some(ArtefactKind::Recipe)).ok()?;
    let recipe = recipes.into_iter().find(|record| clean.inputs.contains(&record.hash))?;
    Some(Cleaning {
        log: clean.inputs.iter().find(|input| **input != recipe.hash)?.clone(),
        clean: clean.hash,
        recipe: serde_json::from_value(recipe.content).ok()?,
        recipe_hash: recipe.hash,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::project::ArtefactRecord;

    #[test]
    fn a_file_is_told_by_name_size_and_hash() {
        let folder = tempfile::tempdir().expect("temp dir");
        let path = folder.path().join("train.csv");
        std::fs::write(&path, "abc").expect("write");
        let facts = FileFacts::of(&path);
        assert_eq!((facts.name.as_str(), facts.bytes), ("train.csv", 3));
        assert_eq!(facts.hash, Some(ContentHash::of_bytes(b"abc")));
        assert_eq!(FileFacts::of(&folder.path().join("gone")).hash, None);
    }

    #[test]
    fn the_recipe_is_found_through_the_projects_lineage_and_the_project_stays_free() {
        let folder = tempfile::tempdir().expect("temp dir");
        let root = folder.path().join("shop");
        let hash = |text: &str| ContentHash::of_bytes(text.as_bytes());
        let recipe = Recipe::new(Vec::new());
        let project = Project::open(&root).expect("project");
        let mut kept = ArtefactRecord::new(ArtefactKind::Recipe, recipe.hash(), "r", 1);
        kept.content = serde_json::to_value(&recipe).expect("plain data");
        project.record(&kept).expect("recipe");
        let mut clean = ArtefactRecord::new(ArtefactKind::CleanDataset, hash("clean"), "c", 2);
        clean.inputs = vec![hash("log"), recipe.hash()];
        project.record(&clean).expect("clean");
        // Found while the window has the project, and after; either way nothing is locked.
        let found = cleaning_of(&root, &hash("clean")).expect("known");
        assert_eq!((found.log, found.recipe_hash), (hash("log"), recipe.hash()));
        drop(project);
        assert!(cleaning_of(&root, &hash("clean")).is_some());
        assert!(cleaning_of(&root, &hash("other")).is_none());
        assert!(cleaning_of(folder.path(), &hash("clean")).is_none(), "no project there");
        assert!(!Project::open(&root).expect("again").is_read_only());
    }
}
