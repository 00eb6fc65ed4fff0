//! Packages of the operating system: compilers, the libraries a window needs, fonts, a virtual screen.

use super::{Needs, wheel};
use crate::failure::Result;
use crate::process::{self, find_program, succeeds};
use std::process::{Command, Stdio};

/// What the window opens when it starts, and the font of the interface (Latin and Chinese).
const WINDOW: [&str; 14] = [
    "libgl1",
    "libegl1",
    "libgl1-mesa-dri",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libx11-6",
    "libx11-xcb1",
    "libxcursor1",
    "libxi6",
    "libxrandr2",
    "libwayland-client0",
    "libwayland-egl1",
    "libfontconfig1",
    "fonts-noto-cjk",
];

/// A screen without a monitor, and programs that press keys and take pictures.
const WINDOW_TESTS: [&str; 3] = ["xvfb", "xdotool", "imagemagick"];

/// Programs, each with the package that brings it.
const TOOLS: [(&str, &str); 2] = [("c++", "g++"), ("pkg-config", "pkg-config")];

/// Installs what is missing, or says in one message how to.
///
/// `to_fetch`: whether something is going to be downloaded, which takes pip.
pub fn ensure(needs: Needs, to_fetch: bool) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if find_program("dpkg-query").is_none() || find_program("apt-get").is_none() {
        name_what_is_missing_elsewhere(needs);
        return Ok(());
    }
    let missing = missing_packages(needs, to_fetch);
    if missing.is_empty() {
        return Ok(());
    }
    match administrator() {
        Some(prefix) => install(prefix, &missing),
        None => {
            eprintln!(
                "warning: these system packages are missing and installing them takes an administrator:\n\n    \
                 sudo apt-get install {}\n\nGoing on without them.",
                missing.join(" ")
            );
            Ok(())
        }
    }
}

fn missing_packages(needs: Needs, to_fetch: bool) -> Vec<&'static str> {
    let mut wanted = WINDOW.to_vec();
    if needs == Needs::Test {
        wanted.extend(WINDOW_TESTS);
    }
    let query = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(&wanted)
        .stderr(Stdio::null())
        .output();
    let answer = query
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let mut missing = not_installed(&wanted, &answer);
    missing.extend(
        TOOLS
            .iter()
            .filter(|(program, _)| find_program(program).is_none())
            .map(|(_, package)| *package),
    );
    if to_fetch && !wheel::pip_is_there() {
        missing.push("python3-pip");
    }
    missing
}

/// dpkg leaves out names it never heard of and says `not-installed` or `config-files` of removed ones.
fn not_installed(wanted: &[&'static str], answer: &str) -> Vec<&'static str> {
    let installed = |package: &&&'static str| {
        answer
            .lines()
            .any(|line| line.split_once(' ') == Some((**package, "installed")))
    };
    wanted.iter().filter(|package| !installed(package)).copied().collect()
}

/// How to become an administrator without being asked anything: no prefix for root, else `sudo -n`.
fn administrator() -> Option<&'static [&'static str]> {
    let user = Command::new("id").arg("-u").stdin(Stdio::null()).output().ok()?;
    if user.stdout.trim_ascii() == b"0" {
        Some(&[])
    } else if succeeds(Command::new("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

fn install(prefix: &[&str], packages: &[&str]) -> Result<()> {
    println!("Installing {}", packages.join(" "));
    // The list of packages may be absent or old; an index that cannot be reached is told by the install.
    apt_get(prefix, &["update", "-qq"]).unwrap_or_else(|failure| eprintln!("warning: {failure}"));
    let mut words = vec!["install", "-y", "-qq", "--no-install-recommends"];
    words.extend(packages);
    apt_get(prefix, &words)
}

fn apt_get(prefix: &[&str], words: &[&str]) -> Result<()> {
    let mut all = prefix.to_vec();
    all.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    all.extend(words);
    process::run(Command::new(all[0]).args(&all[1..]).stdin(Stdio::null()))
}

fn name_what_is_missing_elsewhere(needs: Needs) {
    let mut programs = vec!["c++", "pkg-config", "python3"];
    if needs == Needs::Test {
        programs.extend(["Xvfb", "xdotool", "import"]);
    }
    programs.retain(|program| find_program(program).is_none());
    if !programs.is_empty() {
        eprintln!(
            "warning: these programs are missing: {}. Install them with your package manager, and with them OpenGL, \
             EGL, libxkbcommon, fontconfig and a Chinese font (Noto Sans CJK).",
            programs.join(", ")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_removed_and_unknown_packages_are_missing() {
        let answer = "libgl1 installed\nlibegl1 config-files\nxvfb not-installed\nlibgl1 installed\n";
        let missing = not_installed(&["libgl1", "libegl1", "xvfb", "fonts-noto-cjk"], answer);
        assert_eq!(missing, ["libegl1", "xvfb", "fonts-noto-cjk"]);
    }

    #[test]
    fn a_package_is_not_taken_for_another_that_begins_like_it() {
        assert_eq!(not_installed(&["libgl1"], "libgl1-mesa-dri installed\n"), ["libgl1"]);
    }
}
