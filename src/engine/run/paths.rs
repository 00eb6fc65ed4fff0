//! Paths in a stored configuration: those inside the run's project are relative to the run folder, so that a project
//! moved or copied to another machine still finds its own files.
//!
//! Invariant: what is stored and read again at the same place is the same configuration.

use super::config::TrainConfig;
use std::path::{Component, Path, PathBuf};

/// The configuration as it is written: paths below `PROJECT` of `PROJECT/runs/RUN` become relative to `RUN`.
pub(super) fn to_store(config: &TrainConfig, root: &Path) -> TrainConfig {
    let mut stored = config.clone();
    let Some(project) = project_of(root) else { return stored };
    each_path(&mut stored, |path| {
        let inside = path.is_absolute().then(|| path.strip_prefix(project).ok()).flatten();
        inside
            .filter(|inside| !inside.as_os_str().is_empty())
            .map(|inside| Path::new("../..").join(inside))
    });
    stored
}

/// The configuration as it is used: relative paths start at the run folder; an absolute one that is gone is looked
/// for under the run's present project by its last parts.
pub(super) fn to_use(mut config: TrainConfig, root: &Path) -> TrainConfig {
    each_path(&mut config, |path| {
        if path.as_os_str().is_empty() {
            return None;
        }
        if path.is_relative() {
            return Some(flat(&root.join(path)));
        }
        (!path.exists()).then(|| found_again(path, project_of(root)?)).flatten()
    });
    config
}

/// `PROJECT/runs/RUN` → `PROJECT`; a run folder that lies elsewhere has no project.
fn project_of(root: &Path) -> Option<&Path> {
    let runs = root.parent()?;
    (runs.file_name()? == "runs").then(|| runs.parent()).flatten()
}

/// Replaces the paths for which `change` knows another.
fn each_path(config: &mut TrainConfig, change: impl Fn(&Path) -> Option<PathBuf>) {
    let data = &mut config.data;
    for path in [Some(&mut data.train), data.valid.as_mut(), data.test.as_mut()] {
        if let Some((path, changed)) = path.and_then(|path| change(path).map(|changed| (path, changed))) {
            *path = changed;
        }
    }
    // A base model is a path if it has a separator, else the name of a cached one.
    if config.base_model.contains(['/', '\\'])
        && let Some(changed) = change(Path::new(&config.base_model))
    {
        config.base_model = changed.to_string_lossy().into_owned();
    }
}

/// The longest end of `path`, folder and name at least, that exists below `project`.
fn found_again(path: &Path, project: &Path) -> Option<PathBuf> {
    let parts: Vec<Component<'_>> = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    (0..parts.len().saturating_sub(1))
        .map(|from| project.join(parts[from..].iter().collect::<PathBuf>()))
        .find(|candidate| candidate.exists())
}

/// Without `.` and `..`, by words alone.
fn flat(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::dir::RunDir;

    fn config(project: &Path) -> TrainConfig {
        let mut config = TrainConfig::default();
        config.data.train = project.join("features/set/train.parquet");
        config.data.valid = Some("/elsewhere/valid.csv".into());
        config.base_model = project.join("base").display().to_string();
        config
    }

    #[test]
    fn a_moved_project_finds_its_own_files_and_leaves_others_alone() {
        let folder = tempfile::tempdir().expect("temp dir");
        let old = folder.path().join("old");
        std::fs::create_dir_all(old.join("features/set")).expect("folders");
        std::fs::write(old.join("features/set/train.parquet"), "x").expect("file");
        let wanted = config(&old);
        let run = RunDir::create(&old.join("runs"), "2026-11-30", &wanted).expect("create");
        assert_eq!(run.config().expect("same place"), wanted);
        let stored = std::fs::read_to_string(run.config_path()).expect("read");
        assert!(stored.contains("\"../../features/set/train.parquet\""), "{stored}");
        let new = folder.path().join("new home");
        std::fs::rename(&old, &new).expect("move");
        let moved = RunDir::open(&new.join("runs").join(run.id())).expect("open");
        assert_eq!(moved.config().expect("moved"), config(&new));
    }

    #[test]
    fn absolute_paths_of_older_runs_are_found_again_below_the_project() {
        let folder = tempfile::tempdir().expect("temp dir");
        let project = folder.path();
        std::fs::create_dir_all(project.join("features/set")).expect("folders");
        std::fs::write(project.join("features/set/train.parquet"), "x").expect("file");
        let run = project.join("runs/r");
        let read = to_use(config(Path::new("/another/machine")), &run);
        assert_eq!(read.data.train, project.join("features/set/train.parquet"));
        assert_eq!(
            read.data.valid,
            Some("/elsewhere/valid.csv".into()),
            "what is not found stays as it was"
        );
        assert_eq!(read.base_model, "/another/machine/base", "a name alone is no evidence");
        let alone = to_use(config(Path::new("/another/machine")), Path::new("/tmp/r"));
        assert_eq!(alone, config(Path::new("/another/machine")));
    }
}
