//! `touchstone-torch`, the program beside this one that computes with tensors.
//!
//! It alone links libtorch: the window and the commands that need no tensors start without libtorch's third of a
//! second and hundred megabytes, run where it is missing, and outlive its crashes.
//! Invariant: looking for the program changes nothing; each question to it is a process of its own.

use serde::{Deserialize, Serialize};
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const NAME: &str = "touchstone-torch";

/// What libtorch says of itself and of the GPUs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TorchReport {
    pub cuda_usable: bool,
    pub gpu_count: i64,
    /// Folder that libtorch was loaded from, where the system tells.
    pub folder: Option<PathBuf>,
}

/// Path of this program; where it was replaced while it runs, of what stands in its place.
///
/// # Errors
/// The system does not say.
pub fn this_program() -> std::io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    // Linux marks a binary that was replaced while it runs.
    let name = program.to_string_lossy();
    let replaced = name.strip_suffix(" (deleted)").map(PathBuf::from);
    Ok(replaced.filter(|path| path.exists()).unwrap_or(program))
}

/// Where the program lies: beside `TOUCHSTONE_BIN` or beside this one, or in the folder above (where cargo puts it
/// for tests). `None` in a build without the feature `torch`.
pub fn find() -> Option<PathBuf> {
    let named = std::env::var_os("TOUCHSTONE_BIN").map(PathBuf::from);
    let programs = [named, this_program().ok()];
    programs.into_iter().flatten().find_map(|program| beside(&program))
}

fn beside(program: &Path) -> Option<PathBuf> {
    let file = format!("{NAME}{EXE_SUFFIX}");
    let mut folders = program.ancestors().skip(1).take(2);
    folders.find_map(|folder| Some(folder.join(&file)).filter(|path| path.is_file()))
}

/// What the program reports; asked once. `None` where there is no such program.
///
/// # Errors
/// The program's own words where it does not start, above all those of the system's loader about libtorch.
pub fn report() -> Option<Result<TorchReport, String>> {
    static ANSWER: OnceLock<Option<Result<TorchReport, String>>> = OnceLock::new();
    ANSWER.get_or_init(|| find().map(|program| ask(&program))).clone()
}

fn ask(program: &Path) -> Result<TorchReport, String> {
    let output = Command::new(program).arg("report").output();
    let output = output.map_err(|error| format!("{} does not start: {error}", program.display()))?;
    let words = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let last = words.lines().rfind(|line| !line.trim().is_empty());
        return Err(last.map_or_else(|| output.status.to_string(), |line| line.trim().to_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{}: {error}", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_beside_and_one_folder_above() {
        let folder = tempfile::tempdir().expect("temp dir");
        let deps = folder.path().join("deps");
        std::fs::create_dir(&deps).expect("make");
        assert_eq!(beside(&deps.join("it-1")), None);
        let above = folder.path().join(format!("{NAME}{EXE_SUFFIX}"));
        std::fs::write(&above, "").expect("write");
        assert_eq!(beside(&deps.join("it-1")), Some(above.clone()));
        assert_eq!(beside(&folder.path().join("touchstone")), Some(above));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_start_is_quoted() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("temp dir");
        let program = folder.path().join(NAME);
        let script = "#!/bin/sh\necho 'error while loading shared libraries: libtorch_cpu.so' >&2\nexit 127\n";
        std::fs::write(&program, script).expect("write");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("mode");
        let error = ask(&program).expect_err("does not start");
        assert!(error.contains("libtorch_cpu.so"), "{error}");
        std::fs::write(
            &program,
            "#!/bin/sh\necho '{\"cuda_usable\":false,\"gpu_count\":0,\"folder\":null}'\n",
        )
        .expect("write");
        assert_eq!(ask(&program), Ok(TorchReport::default()));
    }
}
