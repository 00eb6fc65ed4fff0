//! A run made from another: forked from one of its checkpoints, or repeated from the start.
//!
//! In: a run folder and changed settings. Out: a new run folder that says where it comes from. Invariant: the source
//! is only read; a fork shares no file that is ever written again (checkpoints are written once).

use super::config::{RunOrigin, TrainConfig};
use super::dir::RunDir;
use super::error::RunError;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A checkpoint on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointDir {
    pub step: u64,
    pub path: PathBuf,
    pub bytes: u64,
}

/// Steps of the complete checkpoints of a run, ascending.
pub fn checkpoint_steps(run: &RunDir) -> Result<Vec<u64>, RunError> {
    let folder = run.checkpoints_path();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RunError::io("list", &folder)(error)),
    };
    let mut steps = Vec::new();
    for entry in entries {
        let name = entry.map_err(RunError::io("list", &folder))?.file_name();
        // Unfinished ones have other names.
        steps.extend(
            name.to_str()
                .and_then(|name| name.strip_prefix("step-")?.parse::<u64>().ok()),
        );
    }
    steps.sort_unstable();
    Ok(steps)
}

/// The complete checkpoints of a run, by step.
pub fn checkpoints(run: &RunDir) -> Result<Vec<CheckpointDir>, RunError> {
    let with_files = |step: u64| {
        let path = run.checkpoints_path().join(format!("step-{step}"));
        let sizes = files_of(&path)?.into_iter().filter_map(|file| file.metadata().ok());
        let bytes = sizes.map(|found| found.len()).sum();
        Ok(CheckpointDir { step, path, bytes })
    };
    checkpoint_steps(run)?.into_iter().map(with_files).collect()
}

/// Makes a run that goes on from a checkpoint of `source` (`None` = its last) with the settings `config`.
///
/// # Errors
/// There is no such checkpoint, or `config` describes another model than the one in it.
pub fn fork(source: &RunDir, step: Option<u64>, config: &TrainConfig, date: &str) -> Result<RunDir, RunError> {
    let all = checkpoints(source)?;
    let last = all.last().ok_or_else(|| RunError::NoCheckpoints {
        path: source.path().to_owned(),
    })?;
    let step = step.unwrap_or(last.step);
    let chosen = all
        .iter()
        .find(|one| one.step == step)
        .ok_or_else(|| RunError::NoCheckpoint {
            step,
            known: all
                .iter()
                .map(|one| one.step.to_string())
                .collect::<Vec<_>>()
                .join(", "),
            path: source.path().to_owned(),
        })?;
    same_model(&source.config()?, config)?;
    let forked = derived(source, config, Some(step));
    RunDir::create_with(&source.runs_dir(), date, &forked, |root| {
        let target = root.join("checkpoints").join(format!("step-{step}"));
        fs::create_dir_all(&target).map_err(RunError::io("create", &target))?;
        for file in files_of(&chosen.path)? {
            let copy = target.join(file.file_name().unwrap_or_default());
            // One file under two names costs no disk; elsewhere it is copied.
            if fs::hard_link(&file, &copy).is_err() {
                fs::copy(&file, &copy).map_err(RunError::io("copy", &file))?;
            }
        }
        Ok(())
    })
}

/// Makes a run of the settings `config` that says it repeats `source`.
pub fn repeat(source: &RunDir, config: &TrainConfig, date: &str) -> Result<RunDir, RunError> {
    RunDir::create(&source.runs_dir(), date, &derived(source, config, None))
}

/// Settings with some of them changed: pairs of a JSON path and a value (JSON, or a text as it is).
///
/// # Errors
/// `BadSetting` for a path that is no setting, or a value that does not fit it.
pub fn with_settings(config: &TrainConfig, changes: &[(String, String)]) -> Result<TrainConfig, RunError> {
    let mut changed = config.clone();
    for (setting, text) in changes {
        let bad = |reason: String| RunError::BadSetting {
            setting: setting.clone(),
            reason,
        };
        let mut json = serde_json::to_value(&changed).map_err(|error| bad(error.to_string()))?;
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
        let (parents, field) = setting.rsplit_once('.').unwrap_or(("", setting));
        let pointer = parents
            .split('.')
            .filter(|part| !part.is_empty())
            .map(|part| format!("/{part}"));
        let place = json
            .pointer_mut(&pointer.collect::<String>())
            .and_then(Value::as_object_mut);
        let fields = place.filter(|fields| fields.contains_key(field));
        let fields = fields.ok_or_else(|| bad("see config.json of any run for the names".to_owned()))?;
        fields.insert(field.to_owned(), value);
        changed = serde_json::from_value(json).map_err(|error| bad(error.to_string()))?;
    }
    Ok(changed)
}

fn derived(source: &RunDir, config: &TrainConfig, step: Option<u64>) -> TrainConfig {
    TrainConfig {
        origin: Some(RunOrigin {
            run_id: source.id(),
            step,
        }),
        ..config.clone()
    }
}

/// The weights of a checkpoint fit one model only.
fn same_model(checkpoint: &TrainConfig, wanted: &TrainConfig) -> Result<(), RunError> {
    let fields = [
        ("base_model", checkpoint.base_model == wanted.base_model),
        ("method", checkpoint.method == wanted.method),
        ("frozen_layers", checkpoint.frozen_layers == wanted.frozen_layers),
        ("pooling", checkpoint.pooling == wanted.pooling),
        ("data.numeric", checkpoint.data.numeric == wanted.data.numeric),
        ("data.text", checkpoint.data.text.len() == wanted.data.text.len()),
    ];
    match fields.iter().find(|(_, same)| !same) {
        Some((field, _)) => Err(RunError::CannotFork {
            field: (*field).to_owned(),
        }),
        None => Ok(()),
    }
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let entries = fs::read_dir(folder).map_err(RunError::io("list", folder))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut files = paths.map_err(RunError::io("list", folder))?;
    files.retain(|path| path.is_file());
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(folder: &Path) -> RunDir {
        let run = RunDir::create(&folder.join("runs"), "2026-11-30", &TrainConfig::default()).expect("create");
        for step in [100, 20] {
            let path = run.checkpoints_path().join(format!("step-{step}"));
            fs::create_dir_all(&path).expect("folder");
            fs::write(path.join("weights.safetensors"), format!("w{step}")).expect("weights");
        }
        fs::create_dir_all(run.checkpoints_path().join(".step-120.part")).expect("folder");
        run
    }

    #[test]
    fn a_fork_takes_its_checkpoint_and_says_where_it_comes_from() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = source(folder.path());
        let steps: Vec<(u64, u64)> = checkpoints(&run)
            .expect("list")
            .iter()
            .map(|one| (one.step, one.bytes))
            .collect();
        assert_eq!(steps, [(20, 3), (100, 4)]);
        let slower = with_settings(
            &run.config().expect("config"),
            &[("learning_rate".into(), "1e-5".into())],
        );
        let forked = fork(&run, Some(20), &slower.expect("a setting"), "2026-11-30").expect("fork");
        let config = forked.config().expect("config");
        assert_eq!((config.learning_rate, config.forked_at()), (1e-5, Some(20)));
        assert_eq!(config.origin.map(|origin| origin.run_id), Some(run.id()));
        let copied = fs::read_to_string(forked.checkpoints_path().join("step-20/weights.safetensors"));
        assert_eq!(copied.expect("copied"), "w20");
        let last = fork(&run, None, &TrainConfig::default(), "2026-11-30").expect("fork");
        assert_eq!(last.config().expect("config").forked_at(), Some(100));
    }

    #[test]
    fn what_cannot_be_forked_leaves_no_folder() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = source(folder.path());
        let absent = fork(&run, Some(30), &TrainConfig::default(), "2026-11-30").expect_err("no such step");
        assert!(absent.to_string().contains("it has: 20, 100"), "{absent}");
        let other = TrainConfig {
            method: super::super::config::Method::HeadOnly,
            ..TrainConfig::default()
        };
        assert!(matches!(
            fork(&run, None, &other, "2026-11-30"),
            Err(RunError::CannotFork { .. })
        ));
        let repeated = repeat(&run, &other, "2026-11-30").expect("repeat");
        assert_eq!(repeated.config().expect("config").forked_at(), None);
        assert!(matches!(checkpoints(&repeated).as_deref(), Ok([])));
        assert!(matches!(
            fork(&repeated, None, &other, "d"),
            Err(RunError::NoCheckpoints { .. })
        ));
        assert_eq!(super::super::list_runs(&run.runs_dir()).expect("list").len(), 2);
    }

    #[test]
    fn settings_are_changed_by_their_path_and_nothing_else_is_a_setting() {
        let change =
            |setting: &str, value: &str| with_settings(&TrainConfig::default(), &[(setting.into(), value.into())]);
        assert_eq!(change("data.label", "bought").expect("text").data.label, "bought");
        assert_eq!(change("max_steps", "40").expect("number").max_steps, Some(40));
        assert!(change("lerning_rate", "1").is_err());
        assert!(change("data.lable", "1").is_err());
        let wrong = change("batch_size", "many").expect_err("no number").to_string();
        assert!(wrong.contains("batch_size"), "{wrong}");
    }
}
