//! Checkpoints: `checkpoints/step-<n>/` with weights, moments and `trainer_state.json`.
//!
//! Only tensors that learn are stored; the others come from the base model. Invariants: a folder under its final
//! name is complete (written aside, synced, renamed, its files' BLAKE3 in the state); the best checkpoint and the
//! last `keep_last` stay as far as the budget goes, older ones go only after a newer one is complete.

use super::model::Model;
use super::optimizer::Optimizer;
use super::weights::{self, Named};
use super::{During as _, TrainError, shim};
use crate::engine::artifact::ContentHash;
use crate::engine::train::state::{STATE_VERSION, TrainerState};
use std::fs;
use std::path::{Path, PathBuf};
use tch::Device;

const WEIGHTS: &str = "weights.safetensors";
const MOMENTS: &str = "optimizer.safetensors";
const STATE: &str = "trainer_state.json";

/// The checkpoints of one run.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
    keep_last: usize,
    budget_bytes: Option<u64>,
}

/// A checkpoint read back, checked against its hashes.
#[derive(Debug)]
pub struct Loaded {
    pub path: PathBuf,
    pub state: TrainerState,
    pub weights: Named,
    pub moments: Named,
}

impl Store {
    pub fn new(dir: &Path, keep_last: usize) -> Self {
        Self {
            dir: dir.to_owned(),
            keep_last: keep_last.max(1),
            budget_bytes: None,
        }
    }

    /// At most so many megabytes (10^6 bytes) stay after a checkpoint was written.
    #[must_use]
    pub fn with_budget(self, megabytes: Option<u64>) -> Self {
        Self {
            budget_bytes: megabytes.map(|megabytes| megabytes.saturating_mul(1_000_000)),
            ..self
        }
    }

    #[cfg(test)]
    pub fn with_budget_bytes(self, bytes: u64) -> Self {
        Self {
            budget_bytes: Some(bytes),
            ..self
        }
    }

    /// Bytes of one checkpoint: the weights that learn and two moments of each, fp32, and a little beside them.
    pub fn bytes_of_one(&self, model: &Model) -> u64 {
        let (_, learning) = model.parameter_counts();
        let names: usize = model.trainable.iter().map(|name| 3 * (name.len() + 100)).sum();
        learning * 12 + names as u64 + 16_384
    }

    /// Refuses to start where not even one checkpoint can be kept: the budget is smaller, or the disk has no room for
    /// it and the exported model. A note where the budget holds one only.
    pub fn check_room(&self, model: &Model) -> Result<Option<String>, TrainError> {
        let one = self.bytes_of_one(model);
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        if let Some(budget) = self.budget_bytes.filter(|budget| *budget < one) {
            let reason = format!(
                "one checkpoint takes {}, but checkpoint_budget_mb allows {}",
                megabytes(one),
                megabytes(budget)
            );
            return Err(TrainError::NoRoom { reason });
        }
        fs::create_dir_all(&self.dir).map_err(TrainError::io("create", &self.dir))?;
        let needed = one + 4 * model.parameter_counts().0;
        if let Some(free) = shim::free_disk_bytes(&self.dir).filter(|free| *free < needed) {
            let reason = format!(
                "a checkpoint and the model take {}, but {} are free at {}",
                megabytes(needed),
                megabytes(free),
                self.dir.display()
            );
            return Err(TrainError::NoRoom { reason });
        }
        let holds_one = self.budget_bytes.is_some_and(|budget| budget < 2 * one);
        Ok(holds_one.then(|| {
            format!(
                "checkpoint_budget_mb holds one checkpoint of {}: only the best is kept, and a resume starts from it",
                megabytes(one)
            )
        }))
    }

    /// Free bytes on the disk of the checkpoints, where they can be told.
    pub fn free_bytes(&self) -> Option<u64> {
        shim::free_disk_bytes(&self.dir)
    }

    /// Writes a checkpoint of `state.step` and returns its folder. On any error nothing of it stays.
    pub fn save(&self, model: &Model, optimizer: &Optimizer, state: &TrainerState) -> Result<PathBuf, TrainError> {
        let aside = self.dir.join(format!(".step-{}.part", state.step));
        let target = self.path_of(state.step);
        let written = self.write(&aside, model, optimizer, state).and_then(|()| {
            if target.exists() {
                // The same step written again, after a resume: the new folder is complete already.
                fs::remove_dir_all(&target).map_err(TrainError::io("remove", &target))?;
            }
            fs::rename(&aside, &target).map_err(TrainError::io("create", &target))?;
            sync_dir(&self.dir)
        });
        if let Err(error) = written {
            if aside.exists()
                && let Err(left) = fs::remove_dir_all(&aside)
            {
                tracing::warn!("cannot remove {}: {left}", aside.display());
            }
            return Err(error);
        }
        Ok(target)
    }

    fn write(
        &self,
        aside: &Path,
        model: &Model,
        optimizer: &Optimizer,
        state: &TrainerState,
    ) -> Result<(), TrainError> {
        if aside.exists() {
            fs::remove_dir_all(aside).map_err(TrainError::io("remove", aside))?;
        }
        fs::create_dir_all(aside).map_err(TrainError::io("create", aside))?;
        let learning = model.trainable.iter().map(|name| (name.clone(), &model.params[name]));
        let moments = optimizer.state();
        let mut state = state.clone();
        state.version = STATE_VERSION;
        state.files.clear();
        state
            .files
            .insert(WEIGHTS.to_owned(), weights::write(&aside.join(WEIGHTS), learning)?);
        let moments = moments.iter().map(|(name, tensor)| (name.clone(), tensor));
        state
            .files
            .insert(MOMENTS.to_owned(), weights::write(&aside.join(MOMENTS), moments)?);
        let json = serde_json::to_vec_pretty(&state).map_err(|error| TrainError::Checkpoint {
            path: aside.to_owned(),
            reason: error.to_string(),
        })?;
        write_synced(&aside.join(STATE), &json)?;
        sync_dir(aside)
    }

    pub fn path_of(&self, step: u64) -> PathBuf {
        self.dir.join(format!("step-{step}"))
    }

    /// Steps with a complete checkpoint, ascending.
    pub fn steps(&self) -> Vec<u64> {
        let mut steps: Vec<u64> = fs::read_dir(&self.dir)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let step = entry.file_name().to_str()?.strip_prefix("step-")?.parse().ok()?;
                entry.path().join(STATE).is_file().then_some(step)
            })
            .collect();
        steps.sort_unstable();
        steps
    }

    /// Removes what is neither best nor among the last ones, what is over the budget (oldest first; the best stays),
    /// and leftovers of interrupted writes.
    pub fn prune(&self, best: Option<u64>) -> Result<(), TrainError> {
        let steps = self.steps();
        let best = best.filter(|best| steps.contains(best));
        let mut held: u64 = best.map_or(0, |best| bytes_in(&self.path_of(best)));
        let mut is_over = false;
        for (age, &step) in steps.iter().rev().enumerate() {
            if Some(step) == best {
                continue;
            }
            let path = self.path_of(step);
            held += bytes_in(&path);
            // Without a best one the newest stays, whatever it takes.
            is_over |= self.budget_bytes.is_some_and(|budget| held > budget) && (best.is_some() || age > 0);
            if is_over || age >= self.keep_last {
                fs::remove_dir_all(&path).map_err(TrainError::io("remove", &path))?;
            }
        }
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name().to_string_lossy().ends_with(".part") {
                fs::remove_dir_all(&path).map_err(TrainError::io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// The newest checkpoint that reads back intact, and a message for each newer one that does not.
    pub fn latest(&self) -> (Option<Loaded>, Vec<String>) {
        let mut complaints = Vec::new();
        for step in self.steps().into_iter().rev() {
            match self.load(step) {
                Ok(loaded) => return (Some(loaded), complaints),
                Err(error) => complaints.push(error.to_string()),
            }
        }
        (None, complaints)
    }

    /// Reads and checks one checkpoint.
    pub fn load(&self, step: u64) -> Result<Loaded, TrainError> {
        let path = self.path_of(step);
        let bad = |reason: String| TrainError::Checkpoint {
            path: path.clone(),
            reason,
        };
        let text = fs::read_to_string(path.join(STATE)).map_err(TrainError::io("read", path.join(STATE)))?;
        let state: TrainerState = serde_json::from_str(&text).map_err(|error| bad(format!("{STATE}: {error}")))?;
        if state.version != STATE_VERSION {
            return Err(bad(format!(
                "it has format {}, this program reads {STATE_VERSION}",
                state.version
            )));
        }
        let checked = |name: &str| -> Result<Named, TrainError> {
            let file = path.join(name);
            let found = weights::hash_file(&file)?;
            if state.files.get(name) != Some(&found) {
                return Err(bad(format!("{name} is damaged (its hash does not match)")));
            }
            weights::read(&file, Device::Cpu)
        };
        let (weights, moments) = (checked(WEIGHTS)?, checked(MOMENTS)?);
        Ok(Loaded {
            path: path.clone(),
            state,
            weights,
            moments,
        })
    }
}

/// Bytes of the files of a checkpoint.
fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

/// A copy of the tensors that learn, on the CPU.
pub fn snapshot(model: &Model) -> Result<Named, TrainError> {
    let _no_grad = tch::no_grad_guard();
    model
        .trainable
        .iter()
        .map(|name| {
            let copy = model.params[name].f_to_device_(Device::Cpu, tch::Kind::Float, false, true);
            copy.map(|tensor| (name.clone(), tensor.detach()))
        })
        .collect::<Result<Named, _>>()
        .during("copying the weights")
}

pub fn write_synced(path: &Path, bytes: &[u8]) -> Result<ContentHash, TrainError> {
    use std::io::Write as _;
    let io = |error| TrainError::io("write", path)(error);
    let mut file = fs::File::create(path).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.sync_all().map_err(io)?;
    Ok(ContentHash::of_bytes(bytes))
}

/// Makes names in a folder last; systems without directory handles do it by themselves.
pub fn sync_dir(path: &Path) -> Result<(), TrainError> {
    #[cfg(unix)]
    fs::File::open(path)
        .and_then(|dir| dir.sync_all())
        .map_err(TrainError::io("sync", path))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
