//! The built program, run in a folder of its own.
//!
//! Invariant: it sees an empty home folder, so that no test reads or leaves anything on the machine.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use touchstone::engine::project::ArtefactKind;

/// What the flow leaves in the catalogue of a project.
pub const MADE_BY_THE_FLOW: [ArtefactKind; 9] = [
    ArtefactKind::Dataset,
    ArtefactKind::Audit,
    ArtefactKind::Recipe,
    ArtefactKind::CleanDataset,
    ArtefactKind::FeatureSet,
    ArtefactKind::Run,
    ArtefactKind::Evaluation,
    ArtefactKind::Comparison,
    ArtefactKind::Experiment,
];

/// A temporary folder with the files of one test.
pub struct Folder(tempfile::TempDir);

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, to be started in this folder.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
        let home = self.join("home");
        command
            .current_dir(self.path())
            .env("HOME", &home)
            .env_remove("RUST_LOG")
            // Threads of libtorch that spin while they wait take the cores from the other tests.
            .env("OMP_WAIT_POLICY", "passive")
            .stdin(Stdio::null());
        for (name, folder) in [
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
        ] {
            command.env(name, home.join(folder));
        }
        command
    }

    /// Runs a command line to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        let output = self.command().args(arguments).output().expect("the program starts");
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command that must succeed and answer with JSON.
    pub fn json<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Value {
        let mut words: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        words.extend([OsStr::new("--json"), OsStr::new("-")]);
        let ended = self.run(&words);
        assert_eq!(ended.code, Some(0), "{words:?}: {ended:?}");
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{words:?}: {error} in {}", ended.stdout))
    }
}

impl Ended {
    /// Fails the test unless the command ended with this code.
    #[track_caller]
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Fails the test unless it failed with one sentence that holds these words.
    #[track_caller]
    pub fn says(&self, words: &[&str]) {
        assert!(self.stderr.starts_with("error: "), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is missing: {self:?}");
        }
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}

/// The value at `rows.accepted` of a result.
#[track_caller]
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, key| {
        let inner = key
            .parse::<usize>()
            .map_or_else(|_| value.get(key), |index| value.get(index));
        inner.unwrap_or_else(|| panic!("there is no `{key}` of `{path}` in {value:#}"))
    })
}

#[track_caller]
pub fn number(value: &Value, path: &str) -> f64 {
    let found = at(value, path);
    found
        .as_f64()
        .unwrap_or_else(|| panic!("`{path}` is no number: {found}"))
}

/// Fails the test unless every name is a key of the object at `path`.
#[track_caller]
pub fn assert_keys(value: &Value, path: &str, names: &[&str]) {
    let object = if path.is_empty() { value } else { at(value, path) };
    for name in names {
        assert!(
            object.get(name).is_some(),
            "there is no `{name}` in `{path}`: {object:#}"
        );
    }
}

/// A folder that is not part of the repository; `None`, with a message, where it is absent.
pub fn real_data(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

/// A file of the repository's committed sample.
pub fn sample_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(name)
}
