//! The run folder: its name, its parts, making, listing and deleting it.
//!
//! In: a `TrainConfig`. Out: `RunDir`. Invariant: a folder counts as a run only once its `config.json` is complete,
//! so a crash while creating one leaves nothing that looks like a run.

use super::config::{Method, TrainConfig};
use super::error::RunError;
use super::lock;
use super::paths;
use std::cmp::Ordering;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering as Atomic};

/// An existing run folder. Cheap to clone; holds no open file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunDir {
    root: PathBuf,
}

impl RunDir {
    /// Makes a new folder below `runs` named `<date>-<what>-<number>`, e.g. `2026-11-22-minilm-l6-lora-3`.
    ///
    /// `date` is `YYYY-MM-DD` in the user's time zone. The number counts all runs of that day, so names sort by start.
    pub fn create(runs: &Path, date: &str, config: &TrainConfig) -> Result<Self, RunError> {
        Self::create_with(runs, date, config, |_| Ok(()))
    }

    /// Like [`Self::create`]; `prepare` fills the folder before it counts as a run. Where that fails, nothing stays.
    pub fn create_with(
        runs: &Path,
        date: &str,
        config: &TrainConfig,
        prepare: impl FnOnce(&Path) -> Result<(), RunError>,
    ) -> Result<Self, RunError> {
        fs::create_dir_all(runs).map_err(RunError::io("create", runs))?;
        let words = run_words(config);
        let mut number = next_number(runs, date)?;
        loop {
            let root = runs.join(format!("{date}-{words}-{number}"));
            match fs::create_dir(&root) {
                Ok(()) => {
                    let root = absolute(&root)?;
                    return prepare(&root)
                        .and_then(|()| Self::fill(root.clone(), config))
                        .inspect_err(|_| {
                            // A folder without a configuration is no run; what is left of it is only in the way.
                            drop(fs::remove_dir_all(&root));
                        });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(RunError::io("create", &root)(error)),
            }
        }
    }

    /// Makes `root` itself the run folder; it may exist as long as it holds no run yet.
    pub fn create_at(root: &Path, config: &TrainConfig) -> Result<Self, RunError> {
        fs::create_dir_all(root).map_err(RunError::io("create", root))?;
        if root.join(CONFIG).exists() {
            return Err(RunError::AlreadyExists { path: root.to_owned() });
        }
        Self::fill(absolute(root)?, config)
    }

    fn fill(root: PathBuf, config: &TrainConfig) -> Result<Self, RunError> {
        let path = root.join(CONFIG);
        let json = serde_json::to_vec_pretty(&paths::to_store(config, &root))
            .map_err(|error| RunError::json(&path, &error))?;
        write_atomic(&path, &json)?;
        Ok(Self { root })
    }

    /// Opens an existing run; fails with `NotARun` where no `config.json` lies.
    pub fn open(root: &Path) -> Result<Self, RunError> {
        if !root.join(CONFIG).is_file() {
            return Err(RunError::NotARun { path: root.to_owned() });
        }
        Ok(Self { root: absolute(root)? })
    }

    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The folder's name.
    pub fn id(&self) -> String {
        self.root
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    pub fn config_path(&self) -> PathBuf {
        self.root.join(CONFIG)
    }

    pub fn events_path(&self) -> PathBuf {
        self.root.join("events.jsonl")
    }

    pub fn about_path(&self) -> PathBuf {
        self.root.join("about.json")
    }

    pub fn control_path(&self) -> PathBuf {
        self.root.join("control.json")
    }

    pub fn checkpoints_path(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    pub fn model_path(&self) -> PathBuf {
        self.root.join("model")
    }

    pub fn stderr_path(&self) -> PathBuf {
        self.root.join("worker.stderr")
    }

    /// The settings, with absolute paths. Files of the run's own project are found wherever it lies now.
    pub fn config(&self) -> Result<TrainConfig, RunError> {
        Ok(paths::to_use(read_config(&self.config_path())?, &self.root))
    }

    /// The folder of all runs that this one lies in.
    pub fn runs_dir(&self) -> PathBuf {
        self.root.parent().unwrap_or(&self.root).to_owned()
    }

    /// `PROJECT/runs/RUN` → `PROJECT/trash`.
    pub fn trash_dir(&self) -> PathBuf {
        trash_of(&self.runs_dir())
    }

    /// The last `max_bytes` of what the worker wrote to standard error; empty when it wrote nothing.
    pub fn stderr_tail(&self, max_bytes: u64) -> Result<String, RunError> {
        let path = self.stderr_path();
        let mut file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(RunError::io("read", &path)(error)),
        };
        let read = |file: &mut fs::File| {
            let len = file.metadata()?.len();
            file.seek(SeekFrom::Start(len.saturating_sub(max_bytes)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
        };
        read(&mut file).map_err(RunError::io("read", &path))
    }

    /// Moves the folder below `trash` and says where it lies now. Refused while a worker trains it.
    pub fn delete(self, trash: &Path) -> Result<PathBuf, RunError> {
        if let Some(worker) = lock::live_worker(&self) {
            return Err(RunError::AlreadyRunning {
                pid: worker.pid,
                path: self.root,
            });
        }
        fs::create_dir_all(trash).map_err(RunError::io("create", trash))?;
        let run_id = self.id();
        super::trash::leave_note(&self, &run_id)?;
        let target = (1..)
            .map(|n| {
                trash.join(if n == 1 {
                    run_id.clone()
                } else {
                    format!("{run_id}-{n}")
                })
            })
            .find(|path| !path.exists())
            .unwrap_or_else(|| trash.join(&run_id));
        fs::rename(&self.root, &target).map_err(RunError::io("move to the trash", &self.root))?;
        Ok(target)
    }
}

/// `PROJECT/runs` → `PROJECT/trash`.
pub fn trash_of(runs: &Path) -> PathBuf {
    runs.parent().unwrap_or(runs).join("trash")
}

/// All runs in the folder `runs`, oldest first; none when the folder does not exist.
pub fn list_runs(runs: &Path) -> Result<Vec<RunDir>, RunError> {
    let entries = match fs::read_dir(runs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RunError::io("list", runs)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(RunError::io("list", runs))?.path();
        if path.join(CONFIG).is_file() {
            found.push(RunDir { root: absolute(&path)? });
        }
    }
    found.sort_by(|a, b| compare_ids(&a.id(), &b.id()));
    Ok(found)
}

/// Reads a training configuration; errors name file, line and column.
pub fn read_config(path: &Path) -> Result<TrainConfig, RunError> {
    let text = fs::read_to_string(path).map_err(RunError::io("read", path))?;
    serde_json::from_str(&text).map_err(|error| RunError::json(path, &error))
}

/// Order of run ids: by day, then by the day's number (so that 10 follows 9), then by name.
pub fn compare_ids(a: &str, b: &str) -> Ordering {
    let key = |id: &str| split_id(id).map(|(date, number)| (date.to_owned(), number));
    match (key(a), key(b)) {
        (Some(left), Some(right)) => left.cmp(&right).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// The day's number at the end of a run id, for short names; `None` for folders named by hand.
pub fn run_number(run_id: &str) -> Option<u64> {
    split_id(run_id).map(|(_, number)| number)
}

/// Writes a file so that a reader sees the old or the new content, never a part: temporary file, fsync, rename.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let unique = COUNTER.fetch_add(1, Atomic::Relaxed);
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{unique}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        // The first error is the one to tell; a temporary file left behind is hidden and harmless.
        drop(fs::remove_file(&temporary));
        RunError::io("write", path)(error)
    })
}

const CONFIG: &str = "config.json";

fn absolute(path: &Path) -> Result<PathBuf, RunError> {
    std::path::absolute(path).map_err(RunError::io("resolve", path))
}

/// `2026-11-22-minilm-lora-3` → (`2026-11-22`, 3).
fn split_id(id: &str) -> Option<(&str, u64)> {
    let date = id.get(..10)?;
    let digits = |range: std::ops::Range<usize>| date.as_bytes()[range].iter().all(u8::is_ascii_digit);
    let dashes = date.as_bytes()[4] == b'-' && date.as_bytes()[7] == b'-';
    let number = id.get(10..)?.rsplit('-').next()?.parse().ok()?;
    (digits(0..4) && digits(5..7) && digits(8..10) && dashes).then_some((date, number))
}

fn next_number(runs: &Path, date: &str) -> Result<u64, RunError> {
    let mut highest = 0;
    for entry in fs::read_dir(runs).map_err(RunError::io("list", runs))? {
        let name = entry.map_err(RunError::io("list", runs))?.file_name();
        if let Some((_, number)) = split_id(&name.to_string_lossy()).filter(|(day, _)| *day == date) {
            highest = highest.max(number);
        }
    }
    Ok(highest + 1)
}

/// The user's name for the run, else base model and method, as a folder name.
fn run_words(config: &TrainConfig) -> String {
    let named = slug(&config.name);
    if !named.is_empty() {
        return named;
    }
    let base = Path::new(&config.base_model)
        .file_name()
        .map_or_else(String::new, |name| slug(&name.to_string_lossy()));
    let method = match config.method {
        Method::Full => "full",
        Method::Lora { .. } => "lora",
        Method::HeadOnly => "head",
    };
    if base.is_empty() {
        method.to_owned()
    } else {
        format!("{base}-{method}")
    }
}

/// Lower-case letters and digits of any script, dashes between; at most 40 characters.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(40) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str) -> TrainConfig {
        TrainConfig {
            name: name.to_owned(),
            ..TrainConfig::default()
        }
    }

    #[test]
    fn names_are_human_unique_and_sort_by_start() {
        let folder = tempfile::tempdir().expect("temp dir");
        let runs = folder.path().join("runs");
        let ids: Vec<String> = (0..12)
            .map(|n| {
                let config = if n % 2 == 0 {
                    config("")
                } else {
                    config("Größe 尺码 test!")
                };
                RunDir::create(&runs, "2026-11-22", &config).expect("create").id()
            })
            .collect();
        assert_eq!(ids[0], "2026-11-22-minilm-l6-full-1");
        assert_eq!(ids[1], "2026-11-22-größe-尺码-test-2");
        let listed: Vec<String> = list_runs(&runs).expect("list").iter().map(RunDir::id).collect();
        assert_eq!(listed, ids, "10, 11 and 12 follow 9");
    }

    #[test]
    fn a_folder_without_config_is_no_run() {
        let folder = tempfile::tempdir().expect("temp dir");
        fs::create_dir(folder.path().join("2026-11-22-x-7")).expect("dir");
        assert!(list_runs(folder.path()).expect("list").is_empty());
        assert!(list_runs(&folder.path().join("absent")).expect("list").is_empty());
        assert!(matches!(
            RunDir::open(&folder.path().join("2026-11-22-x-7")),
            Err(RunError::NotARun { .. })
        ));
        // Its number is taken all the same.
        let run = RunDir::create(folder.path(), "2026-11-22", &config("y")).expect("create");
        assert_eq!(run.id(), "2026-11-22-y-8");
    }

    #[test]
    fn config_survives_and_bad_config_names_the_place() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut wanted = config("a");
        wanted.method = Method::Lora {
            rank: 8,
            alpha: 16.0,
            dropout: 0.1,
            targets: vec!["query".to_owned()],
            rslora: false,
        };
        let root = folder.path().join("chosen");
        let run = RunDir::create_at(&root, &wanted).expect("create");
        assert_eq!(run.config().expect("config"), wanted);
        assert!(matches!(
            RunDir::create_at(&root, &wanted),
            Err(RunError::AlreadyExists { .. })
        ));
        fs::write(run.config_path(), "{\n  \"lerning_rate\": 1\n}").expect("write");
        let message = run.config().expect_err("unknown field").to_string();
        assert!(
            message.contains("line 2, column 16: unknown field `lerning_rate`"),
            "{message}"
        );
    }

    #[test]
    fn deleting_moves_to_the_trash_and_never_overwrites() {
        let folder = tempfile::tempdir().expect("temp dir");
        let trash = folder.path().join("trash");
        for expected in ["r", "r-2"] {
            let run = RunDir::create_at(&folder.path().join("r"), &config("")).expect("create");
            let target = run.delete(&trash).expect("delete");
            assert_eq!(target, trash.join(expected));
            assert!(target.join("config.json").is_file());
        }
    }
}
