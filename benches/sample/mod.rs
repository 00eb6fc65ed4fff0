//! Sample shops for the benches, written into folders of their own that go when the bench ends.

// Each bench is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use touchstone::engine::features::{FeatureConfig, FeatureInput, FeatureSet, build};
use touchstone::engine::ingest::{Dataset, ReadOptions, read_log};
use touchstone::engine::progress::Progress;
use touchstone::engine::project::Project;
use touchstone::engine::sample::write_project;

/// The same shop in every bench and on every machine.
const SEED: u64 = 7;

/// A shop with its planted defects on the disk.
pub struct Shop(TempDir);

impl Shop {
    /// Writes a shop of so many events.
    pub fn of(rows: u64) -> Self {
        Self::in_folder(tempfile::tempdir().expect("a temporary folder"), rows)
    }

    /// The same in a project folder, which is made before anything else lies there.
    pub fn of_project(rows: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        drop(Project::open(folder.path()).expect("a new project"));
        Self::in_folder(folder, rows)
    }

    fn in_folder(folder: TempDir, rows: u64) -> Self {
        write_project(folder.path(), rows, SEED, &Progress::new()).expect("the sample is written");
        Self(folder)
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub fn bytes(&self, name: &str) -> u64 {
        std::fs::metadata(self.path(name)).expect("a file of the shop").len()
    }

    /// A file of the shop as a table.
    pub fn table(&self, name: &str) -> Dataset {
        read(&self.path(name))
    }

    /// The feature set that the defaults make of the shop, with every example kept; written to `set`.
    pub fn feature_set(&self) -> FeatureSet {
        let (log, items) = (self.table("events.csv"), self.table("items.csv"));
        let input = FeatureInput {
            log: &log,
            items: Some(&items),
            created_ms: 1,
        };
        let config = FeatureConfig {
            max_rows: None,
            ..FeatureConfig::default()
        };
        build(&input, &config, &self.path("set"), &Progress::new()).expect("a feature set")
    }
}

pub fn read(path: &Path) -> Dataset {
    read_log(&[path.to_owned()], &ReadOptions::default(), &Progress::new()).expect("a readable table")
}
