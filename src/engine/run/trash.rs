//! Deleted runs: they lie in the project's trash until they are restored or the trash is emptied by hand.

use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use super::now_ms;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Left in a run folder when it goes to the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub run_id: String,
    /// Unix time in milliseconds.
    pub deleted_ms: u64,
}

/// A run in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashedRun {
    pub deleted: Deleted,
    pub path: PathBuf,
}

const NOTE: &str = "deleted.json";

pub(super) fn leave_note(run: &RunDir, run_id: &str) -> Result<(), RunError> {
    let deleted = Deleted {
        run_id: run_id.to_owned(),
        deleted_ms: now_ms(),
    };
    let path = run.path().join(NOTE);
    let json = serde_json::to_vec(&deleted).map_err(|error| RunError::json(&path, &error))?;
    write_atomic(&path, &json)
}

/// The runs in the trash, the one deleted last first.
pub fn list(trash: &Path) -> Result<Vec<TrashedRun>, RunError> {
    let mut found: Vec<TrashedRun> = super::list_runs(trash)?
        .into_iter()
        .map(|run| {
            let bytes = fs::read(run.path().join(NOTE)).unwrap_or_default();
            // A folder moved there by hand has its own name.
            let deleted = serde_json::from_slice(&bytes).unwrap_or_else(|_| Deleted {
                run_id: run.id(),
                deleted_ms: 0,
            });
            TrashedRun {
                deleted,
                path: run.path().to_owned(),
            }
        })
        .collect();
    found.sort_by_key(|run| std::cmp::Reverse(run.deleted.deleted_ms));
    Ok(found)
}

/// Moves a run from the trash back to `runs`, under the name it had.
pub fn restore(trashed: &TrashedRun, runs: &Path) -> Result<RunDir, RunError> {
    let target = runs.join(&trashed.deleted.run_id);
    if target.exists() {
        return Err(RunError::NameTaken {
            run_id: trashed.deleted.run_id.clone(),
        });
    }
    fs::create_dir_all(runs).map_err(RunError::io("create", runs))?;
    fs::rename(&trashed.path, &target).map_err(RunError::io("restore", &trashed.path))?;
    let note = target.join(NOTE);
    match fs::remove_file(&note) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(RunError::io("remove", &note)(error)),
        _ => RunDir::open(&target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;
    use crate::engine::run::list_runs;

    #[test]
    fn a_deleted_run_comes_back_under_its_name() {
        let folder = tempfile::tempdir().expect("temp dir");
        let (runs, trash) = (folder.path().join("runs"), folder.path().join("trash"));
        let run = RunDir::create(&runs, "2026-11-30", &TrainConfig::default()).expect("create");
        let run_id = run.id();
        assert_eq!(run.trash_dir(), trash);
        assert_eq!(list(&trash).expect("no trash yet"), []);
        run.delete(&trash).expect("delete");
        // The same name again, deleted too.
        let second = RunDir::create_at(&runs.join(&run_id), &TrainConfig::default()).expect("create");
        second.delete(&trash).expect("delete");
        assert_eq!(list_runs(&runs).expect("list"), []);
        let trashed = list(&trash).expect("list");
        assert_eq!(trashed.len(), 2);
        assert!(trashed.iter().all(|run| run.deleted.run_id == run_id));
        let back = restore(&trashed[0], &runs).expect("restore");
        assert_eq!(back.id(), run_id);
        assert!(!back.path().join(NOTE).exists());
        assert!(matches!(restore(&trashed[1], &runs), Err(RunError::NameTaken { .. })));
        assert_eq!(list(&trash).expect("list").len(), 1);
    }
}
