//! Starting other programs, and the environment that cargo gets.

use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Runs the command with our terminal and fails unless it ends with 0.
pub fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = command.status().context(|| format!("cannot start `{name}`"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{name}` failed ({status})")))
    }
}

/// True when the command starts and ends with 0; what it prints is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The file that typing `name` would start.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let paths = env::var_os("PATH")?;
    env::split_paths(&paths)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// `cargo` at the repository's root, with the shared build folder and libtorch.
///
/// The variables that the outer `cargo run` made about the package xtask are taken away: build
/// scripts that watch them would run again each time plain cargo and xtask alternate.
pub fn cargo(places: &Places) -> Command {
    let mut command = Command::new("cargo");
    for (name, _) in env::vars_os() {
        if is_about_this_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
        .current_dir(&places.repository)
        .env("CARGO_TARGET_DIR", &places.target);
    with_libtorch(&mut command, places);
    command
}

fn is_about_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
        || matches!(
            variable,
            "CARGO" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE"
        )
}

/// Lets the command, and what it starts, find libtorch.
pub fn with_libtorch(command: &mut Command, places: &Places) {
    let libtorch = places.libtorch();
    let search = if cfg!(windows) {
        "PATH"
    } else if cfg!(target_os = "macos") {
        "DYLD_LIBRARY_PATH"
    } else {
        "LD_LIBRARY_PATH"
    };
    command.env(search, in_front_of(libtorch.join("lib"), env::var_os(search)));
    command.env("LIBTORCH", libtorch);
}

fn in_front_of(first: PathBuf, rest: Option<OsString>) -> OsString {
    let rest: Vec<PathBuf> = rest
        .iter()
        .flat_map(env::split_paths)
        .filter(|path| *path != first)
        .collect();
    // Joining fails only for a folder name that holds the separator; then our own folder must do.
    env::join_paths(std::iter::once(&first).chain(&rest)).unwrap_or_else(|_| first.clone().into_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_this_package_are_told_from_the_users_settings() {
        assert!(is_about_this_package("CARGO_PKG_NAME"));
        assert!(is_about_this_package("CARGO_MANIFEST_DIR"));
        for kept in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_NET_OFFLINE",
            "CARGO_BUILD_JOBS",
            "CARGO_TERM_COLOR",
        ] {
            assert!(!is_about_this_package(kept), "{kept} belongs to the user");
        }
    }

    #[test]
    fn libtorch_comes_first_and_once_in_the_search_path() {
        let first = PathBuf::from("/cache/lib");
        assert_eq!(in_front_of(first.clone(), None), "/cache/lib");
        let rest = env::join_paths(["/usr/lib", "/cache/lib"]).expect("no separator inside");
        let expected = env::join_paths(["/cache/lib", "/usr/lib"]).expect("no separator inside");
        assert_eq!(in_front_of(first, Some(rest)), expected);
    }
}
