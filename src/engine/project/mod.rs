//! The project folder: catalogue, settings and artefacts with their lineage.
//!
//! `project.db` (SQLite, WAL) holds the catalogue; tables lie under `data/`, runs under `runs/`, exports
//! under `exports/`, deleted things under `trash/`. Invariant: one writer; a second opener reads only.

mod catalogue;
mod error;
mod schema;

pub use catalogue::{ArtefactKind, ArtefactRecord, Edge};
pub use error::ProjectError;

use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const DATABASE: &str = "project.db";

/// An open project. The lock on the folder is held until this is dropped.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
    connection: Mutex<Connection>,
    /// Held for writing; `None` when another window has it.
    lock: Option<File>,
}

impl Project {
    /// Opens a project folder, making a new project of a missing or empty one. If another program has
    /// it open, this one reads only (`is_read_only`).
    pub fn open(folder: &Path) -> Result<Self, ProjectError> {
        let database = folder.join(DATABASE);
        if !database.exists() {
            refuse_foreign_folder(folder)?;
        }
        for part in ["", "data", "runs", "exports", "trash"] {
            let dir = folder.join(part);
            std::fs::create_dir_all(&dir).map_err(|source| ProjectError::Create { source, path: dir })?;
        }
        let lock = lock_folder(folder)?;
        let mut connection =
            Connection::open(&database).map_err(|source| ProjectError::database("opening", source, &database))?;
        schema::prepare(&mut connection, &database, lock.is_some())?;
        Ok(Self {
            folder: folder.to_owned(),
            connection: Mutex::new(connection),
            lock,
        })
    }

    /// Opens an existing project to look something up, without a claim on it: whoever opens it next may write.
    pub fn look_into(folder: &Path) -> Result<Self, ProjectError> {
        let database = folder.join(DATABASE);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&database, flags)
            .map_err(|source| ProjectError::database("opening", source, &database))?;
        schema::prepare(&mut connection, &database, false)?;
        Ok(Self {
            folder: folder.to_owned(),
            connection: Mutex::new(connection),
            lock: None,
        })
    }

    /// True if this folder holds a project.
    pub fn exists(folder: &Path) -> bool {
        folder.join(DATABASE).is_file()
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder's own name.
    pub fn name(&self) -> String {
        self.folder.file_name().map_or_else(
            || self.folder.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn runs_dir(&self) -> PathBuf {
        self.folder.join("runs")
    }

    pub fn exports_dir(&self) -> PathBuf {
        self.folder.join("exports")
    }

    /// Moves a file or folder of the project to `trash/`, under a name that says when.
    pub fn discard(&self, path: &Path, now_ms: u64) -> Result<PathBuf, ProjectError> {
        self.writable()?;
        let name = path
            .file_name()
            .map_or_else(|| "item".into(), |name| name.to_string_lossy().into_owned());
        let target = self.folder.join("trash").join(format!("{now_ms}-{name}"));
        std::fs::rename(path, &target).map_err(|source| ProjectError::Discard {
            source,
            path: path.to_owned(),
        })?;
        Ok(target)
    }

    fn writable(&self) -> Result<(), ProjectError> {
        if self.lock.is_some() {
            Ok(())
        } else {
            Err(ProjectError::ReadOnly {
                path: self.folder.clone(),
            })
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn database_error(&self, action: &'static str) -> impl Fn(rusqlite::Error) -> ProjectError {
        let path = self.folder.join(DATABASE);
        move |source| ProjectError::database(action, source, &path)
    }
}

/// A new project may be made in a missing or empty folder, or one that holds only tables.
fn refuse_foreign_folder(folder: &Path) -> Result<(), ProjectError> {
    if folder.is_file() {
        return Err(ProjectError::NotAFolder {
            path: folder.to_owned(),
        });
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    let foreign = entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let table = [
            ".csv", ".tsv", ".gz", ".zst", ".parquet", ".json", ".md", ".txt", ".toml",
        ];
        let own = ["data", "runs", "exports", "trash", "project.lock"];
        !(table.iter().any(|end| name.ends_with(end)) || own.contains(&name.as_str()) || name.starts_with('.'))
    });
    if foreign {
        Err(ProjectError::ForeignFolder {
            path: folder.to_owned(),
        })
    } else {
        Ok(())
    }
}

fn lock_folder(folder: &Path) -> Result<Option<File>, ProjectError> {
    let path = folder.join("project.lock");
    let file = match File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
    {
        Ok(file) => file,
        // A folder we may not write is opened for reading.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return Ok(None),
        Err(source) => return Err(ProjectError::Create { source, path }),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(ProjectError::Create { source, path }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temp() -> tempfile::TempDir {
        tempfile::tempdir().expect("temp folder")
    }

    #[test]
    fn settings_survive_reopening() {
        let dir = temp();
        let folder = dir.path().join("shop");
        {
            let project = Project::open(&folder).expect("create");
            assert!(!project.is_read_only());
            project.set_setting("sources", &vec!["a.csv", "b.csv"]).expect("save");
        }
        let project = Project::open(&folder).expect("reopen");
        assert_eq!(
            project.setting::<Vec<String>>("sources").expect("read"),
            Some(vec!["a.csv".into(), "b.csv".into()])
        );
        assert_eq!(project.setting::<u32>("absent").expect("read"), None);
    }

    #[test]
    fn a_second_opener_reads_only_and_says_so() {
        let dir = temp();
        let first = Project::open(dir.path()).expect("first");
        let second = Project::open(dir.path()).expect("second");
        assert!(!first.is_read_only());
        assert!(second.is_read_only());
        let refused = second.set_setting("x", &1).expect_err("must be refused");
        assert!(refused.to_string().contains("another window"), "{refused}");
        first.set_setting("x", &1).expect("the first still writes");
    }

    #[test]
    fn a_newer_schema_is_refused_and_an_older_one_backed_up() {
        let dir = temp();
        drop(Project::open(dir.path()).expect("create"));
        let database = dir.path().join(DATABASE);
        let connection = Connection::open(&database).expect("open");
        connection.pragma_update(None, "user_version", 99).expect("set");
        drop(connection);
        let error = Project::open(dir.path()).expect_err("newer must be refused");
        assert!(error.to_string().contains("newer"), "{error}");
        let connection = Connection::open(&database).expect("open");
        connection
            .execute_batch("DROP TABLE metric_history; PRAGMA user_version = 1")
            .expect("go back");
        drop(connection);
        drop(Project::open(dir.path()).expect("migrates"));
        let backups = std::fs::read_dir(dir.path()).expect("list").flatten();
        assert!(
            backups
                .into_iter()
                .any(|entry| entry.file_name().to_string_lossy().contains("backup-v1"))
        );
    }

    #[test]
    fn a_folder_full_of_something_else_is_not_taken() {
        let dir = temp();
        std::fs::write(dir.path().join("photo.jpg"), b"x").expect("write");
        assert!(matches!(
            Project::open(dir.path()),
            Err(ProjectError::ForeignFolder { .. })
        ));
    }

    #[test]
    fn artefacts_keep_their_lineage() {
        let dir = temp();
        let project = Project::open(dir.path()).expect("create");
        let hash = |text: &str| crate::engine::artifact::ContentHash::of_bytes(text.as_bytes());
        let mut audit = ArtefactRecord::new(ArtefactKind::Audit, hash("audit"), "audit", 5);
        audit.inputs = vec![hash("data")];
        project
            .record(&ArtefactRecord::new(ArtefactKind::Dataset, hash("data"), "events", 4))
            .expect("record");
        project.record(&audit).expect("record");
        project.record(&audit).expect("recording twice changes nothing");
        assert_eq!(project.artefacts(None).expect("list").len(), 2);
        let latest = project.latest(ArtefactKind::Audit).expect("query").expect("there");
        assert_eq!(latest.inputs, vec![hash("data")]);
        assert_eq!(
            project.edges().expect("edges"),
            vec![Edge {
                parent: hash("data"),
                child: hash("audit")
            }]
        );
    }

    #[test]
    fn discarded_things_are_in_the_trash() {
        let dir = temp();
        let project = Project::open(dir.path()).expect("create");
        let file = project.exports_dir().join("report.html");
        std::fs::write(&file, b"x").expect("write");
        let kept = project.discard(&file, 7).expect("discard");
        assert!(!file.exists() && kept.exists());
    }
}
