//! `bench-cuda`: fine-tuning on a GPU against Transformers and against the card's matmul rate.
//!
//! The program that was built here and the script that measures are packed into one small archive, since a machine with
//! a GPU seldom has Rust: it needs only a Python with the CUDA build of the same torch, whose libtorch the program takes,
//! and Transformers. Where this machine has a GPU, the script is started here as well.

use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use crate::process;
use crate::run;
use crate::setup::{self, Needs};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// So that the archive travels with a copy of the repository.
const MOST_BYTES: u64 = 60_000_000;
const SCRIPT: &str = "bench_cuda.py";

/// The command `bench-cuda [-- ARGS]`.
pub fn run(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    setup::ensure(places, Needs::Run)?;
    run::build(places)?;
    let dist = places.repository.join("dist");
    let folder = dist.join("bench-cuda");
    if folder.exists() {
        fs::remove_dir_all(&folder).context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).context(|| format!("cannot make {}", folder.display()))?;
    for program in [places.program(), places.torch_program()] {
        let to = folder.join(program.file_name().unwrap_or_default());
        fs::copy(&program, &to).context(|| format!("cannot copy {}", program.display()))?;
        process::run(Command::new("strip").arg(&to))?;
    }
    let script = places.repository.join("tests/interop").join(SCRIPT);
    fs::copy(&script, folder.join(SCRIPT)).context(|| format!("cannot copy {}", script.display()))?;
    pack(&dist)?;
    if !Path::new("/dev/nvidia0").exists() {
        println!(
            "This machine has no NVIDIA GPU. On one: tar -xf bench-cuda.tar.xz && python3 bench-cuda/{SCRIPT}, with a \
             Python that has torch 2.11 for CUDA and Transformers."
        );
        return Ok(ExitCode::SUCCESS);
    }
    let status = Command::new("python3")
        .arg(folder.join(SCRIPT))
        .args(arguments)
        .status();
    Ok(if status.context(|| "cannot start python3".to_owned())?.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn pack(dist: &Path) -> Result<()> {
    let archive = dist.join("bench-cuda.tar.xz");
    process::run(
        Command::new("tar")
            .current_dir(dist)
            .env("XZ_OPT", "-2 -T0")
            .arg("-cJf")
            .args([&archive.display().to_string(), "bench-cuda"]),
    )?;
    let bytes = fs::metadata(&archive)
        .context(|| format!("cannot read {}", archive.display()))?
        .len();
    println!("{} ({:.1} MB)", archive.display(), bytes as f64 / 1e6);
    if bytes > MOST_BYTES {
        return Err(Failure::new(format!(
            "{} has {bytes} bytes; {MOST_BYTES} at most should travel",
            archive.display()
        )));
    }
    Ok(())
}
