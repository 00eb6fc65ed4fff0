//! Which files a project reads; kept in its settings, relative to the folder where they lie inside it.

use crate::engine::project::{Project, ProjectError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The files of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sources {
    /// One or more files or folders that form the behaviour log.
    pub events: Vec<PathBuf>,
    pub items: Option<PathBuf>,
    pub users: Option<PathBuf>,
    pub experiment: Option<PathBuf>,
}

impl Sources {
    const KEY: &'static str = "sources";

    /// The saved sources as absolute paths; files of the usual names in the folder where nothing is saved.
    pub fn load(project: &Project) -> Result<Self, ProjectError> {
        let saved: Option<Self> = project.setting(Self::KEY)?;
        Ok(saved.map_or_else(
            || Self::discover(project.folder()),
            |sources| sources.map(|path| project.folder().join(path)),
        ))
    }

    pub fn save(&self, project: &Project) -> Result<(), ProjectError> {
        let relative = self
            .clone()
            .map(|path| path.strip_prefix(project.folder()).map_or(path.clone(), Path::to_owned));
        project.set_setting(Self::KEY, &relative)
    }

    /// `events.csv`, `items.csv`, `users.csv`, `experiment.csv` (or .parquet, .csv.gz, .csv.zst) in `folder`.
    pub fn discover(folder: &Path) -> Self {
        let find = |stem: &str| {
            [".csv", ".parquet", ".csv.gz", ".csv.zst", ".tsv"]
                .iter()
                .map(|end| folder.join(format!("{stem}{end}")))
                .find(|path| path.is_file())
        };
        Self {
            events: find("events").into_iter().collect(),
            items: find("items"),
            users: find("users"),
            experiment: find("experiment"),
        }
    }

    fn map(self, change: impl Fn(PathBuf) -> PathBuf) -> Self {
        Self {
            events: self.events.into_iter().map(&change).collect(),
            items: self.items.map(&change),
            users: self.users.map(&change),
            experiment: self.experiment.map(&change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_inside_the_project_are_stored_relative() {
        let dir = tempfile::tempdir().expect("temp");
        let folder = dir.path().join("shop");
        let project = Project::open(&folder).expect("create");
        assert_eq!(Sources::load(&project).expect("load"), Sources::default());
        std::fs::write(folder.join("events.csv"), "a\n1\n").expect("write");
        assert_eq!(
            Sources::load(&project).expect("discovers").events,
            vec![folder.join("events.csv")]
        );
        let outside = dir.path().join("other.csv");
        let sources = Sources {
            events: vec![folder.join("events.csv"), outside],
            ..Sources::default()
        };
        sources.save(&project).expect("save");
        let raw: serde_json::Value = project.setting("sources").expect("read").expect("there");
        assert_eq!(raw["events"][0], "events.csv");
        assert_eq!(Sources::load(&project).expect("load"), sources);
    }
}
