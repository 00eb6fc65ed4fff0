//! `interop`: do Transformers, PEFT, sentence-transformers and TensorBoard open what the program writes, with the
//! same numbers? A Python environment of its own is made in the cache for it, once.
//!
//! torch's wheel for Linux is made for CUDA: its libraries name ten of NVIDIA's (three gigabytes) that a machine
//! without a GPU never calls. Empty libraries of the same names stand in for them, and functions are bound when they
//! are first called, which here is never.

use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use crate::process;
use crate::run;
use crate::setup::{self, Needs};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const REQUIREMENTS: &str = include_str!("../../tests/interop/requirements.txt");

/// What torch 2.11.0's `libtorch_cuda.so` and `libtorch_nvshmem.so` name beside cudart and cupti.
const STAND_INS: [&str; 10] = [
    "libcublas.so.13",
    "libcublasLt.so.13",
    "libcudnn.so.9",
    "libcufft.so.12",
    "libcufile.so.0",
    "libcurand.so.10",
    "libcusparse.so.12",
    "libcusparseLt.so.0",
    "libnccl.so.2",
    "libnvshmem_host.so.3",
];

/// The command `interop [--bench | --bench-audit | --bench-learning | --bench-scoring] [-- ARGS]`.
pub fn run(places: &Places, words: &[String]) -> Result<ExitCode> {
    let (script, rest) = match words.split_first() {
        Some((first, rest)) if first == "--bench" => ("bench_transformers.py", rest),
        Some((first, rest)) if first == "--bench-audit" => ("bench_audit.py", rest),
        Some((first, rest)) if first == "--bench-scoring" => ("bench_scoring.py", rest),
        Some((first, rest)) if first == "--bench-learning" => ("bench_learning.py", rest),
        _ => ("check.py", words),
    };
    let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
    setup::ensure(places, Needs::Run)?;
    let python = environment(places)?;
    run::build(places)?;
    let work = places.target.join("interop");
    if work.exists() {
        fs::remove_dir_all(&work).context(|| format!("cannot remove {}", work.display()))?;
    }
    fs::create_dir_all(&work).context(|| format!("cannot make {}", work.display()))?;
    let mut command = Command::new(python);
    command.arg(places.repository.join("tests/interop").join(script));
    command.arg("--program").arg(places.program());
    command.arg("--base").arg(places.base_model());
    command.arg("--work").arg(&work);
    // Only for the program: Python's torch brings a libtorch of its own.
    command.arg("--library-path").arg(places.libtorch().join("lib"));
    // What Transformers copies of a model's code is thrown away with the rest.
    command.env("HF_HOME", work.join("hugging-face")).args(rest);
    let status = command.status();
    let status = status.context(|| format!("cannot start `{}`", process::shown(&command)))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The environment's Python; makes the environment where it is missing, unfinished or of other versions.
fn environment(places: &Places) -> Result<PathBuf> {
    let folder = places.cache.join("interop-python");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let finished = folder.join("finished");
    let wanted = wanted();
    if python.exists() && fs::read_to_string(&finished).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    println!(
        "Making a Python environment in {} (about 700 MB to fetch, once)",
        folder.display()
    );
    if folder.exists() {
        fs::remove_dir_all(&folder).context(|| format!("cannot remove {}", folder.display()))?;
    }
    process::run(
        Command::new(if cfg!(windows) { "python" } else { "python3" })
            .args(["-m", "venv"])
            .arg(&folder),
    )?;
    process::run(&mut pip_install(
        &python,
        &places.repository.join("tests/interop/requirements.txt"),
    ))?;
    if needs_stand_ins() {
        make_stand_ins(&python)?;
    }
    fs::write(&finished, wanted).context(|| format!("cannot write {}", finished.display()))?;
    Ok(python)
}

fn needs_stand_ins() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64"))
}

/// Written when the environment is finished; another text means that it must be made anew.
fn wanted() -> String {
    format!("{REQUIREMENTS}{}\n", STAND_INS.join(" "))
}

fn pip_install(python: &Path, requirements: &Path) -> Command {
    let mut command = Command::new(python);
    command.args([
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--quiet",
    ]);
    // Without the cache pip streams to the disk; with it, it would keep half a gigabyte a second time.
    command.args(["--no-deps", "--no-cache-dir", "--only-binary=:all:", "-r"]);
    command.arg(requirements);
    command
}

/// Empty libraries beside NVIDIA's real ones, and lazy binding whenever this Python starts.
fn make_stand_ins(python: &Path) -> Result<()> {
    let asked = Command::new(python)
        .args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        .output()
        .context(|| format!("cannot start {}", python.display()))?;
    let packages = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    let libraries = packages.join("nvidia/cu13/lib");
    if !libraries.join("libcudart.so.13").is_file() {
        return Err(Failure::new(format!(
            "{} lacks libcudart.so.13: the package nvidia-cuda-runtime is another one than expected",
            libraries.display()
        )));
    }
    let source = libraries.join("stand_in.c");
    fs::write(&source, "\n").context(|| format!("cannot write {}", source.display()))?;
    for name in STAND_INS {
        process::run(&mut stand_in(&source, &libraries, name))?;
    }
    let binding = packages.join("lazy_binding.pth");
    let line = "import os, sys; sys.setdlopenflags(os.RTLD_LAZY)\n";
    fs::write(&binding, line).context(|| format!("cannot write {}", binding.display()))
}

/// The linker that Rust needs makes them.
fn stand_in(source: &Path, folder: &Path, name: &str) -> Command {
    let mut command = Command::new("cc");
    command.args(["-shared", "-nostdlib"]);
    command.arg(format!("-Wl,-soname,{name}"));
    command.arg("-o").arg(folder.join(name)).arg(source);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_pinned_and_torch_is_the_programs() {
        let lines: Vec<&str> = REQUIREMENTS
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        assert!(lines.len() > 20);
        for line in &lines {
            assert!(line.contains("==") && !line.contains("://"), "{line}");
        }
        assert!(lines.contains(&format!("torch=={}", crate::places::TORCH_VERSION).as_str()));
    }

    #[test]
    fn other_versions_or_stand_ins_make_another_environment() {
        assert!(wanted().starts_with(REQUIREMENTS) && wanted().contains("libnccl.so.2"));
    }

    #[test]
    fn pip_brings_nothing_that_is_not_listed() {
        let line = process::shown(&pip_install(Path::new("py"), Path::new("r.txt")));
        assert!(line.contains("--no-deps") && line.ends_with("-r r.txt"), "{line}");
        let line = process::shown(&stand_in(Path::new("e.c"), Path::new("lib"), "libx.so.1"));
        assert_eq!(line, "cc -shared -nostdlib -Wl,-soname,libx.so.1 -o lib/libx.so.1 e.c");
    }
}
