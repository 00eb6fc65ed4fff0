//! libtorch as the program needs it: headers and six libraries out of the wheels of torch 2.11.0.
//!
//! The wheel for Linux is made for CUDA, but its `libtorch_cpu.so` needs nothing of a GPU beyond two
//! small libraries, so one program serves machines with and without one. On a machine with an NVIDIA
//! GPU the CUDA libraries come into a folder of their own and the program opens them when it starts.

use super::Unfinished;
use super::libtorch_wheels::{CUDA, Part, Source, platform_parts};
use super::wheel::unpack;
use crate::failure::{Context as _, Failure, Result};
use crate::places::{Places, TORCH_VERSION};
use std::fs;
use std::path::Path;

/// Looks only at names and sizes: the content was verified when it was written.
pub fn is_complete(places: &Places) -> bool {
    is_complete_in(&places.libtorch()) && (!has_nvidia_gpu() || cuda_is_complete(places))
}

fn is_complete_in(folder: &Path) -> bool {
    let version = fs::read_to_string(folder.join("build-version"));
    version.is_ok_and(|version| version.trim() == TORCH_VERSION)
        && folder.join("include/torch/csrc/api/include/torch/torch.h").is_file()
        && platform_parts().iter().flat_map(|part| part.libraries).all(|library| {
            let found = fs::metadata(folder.join("lib").join(library.name));
            found.is_ok_and(|file| file.len() == library.bytes)
        })
}

fn cuda_is_complete(places: &Places) -> bool {
    let version = fs::read_to_string(places.libtorch_cuda().join("build-version"));
    version.is_ok_and(|version| version.trim() == TORCH_VERSION)
}

pub fn ensure(places: &Places) -> Result<()> {
    if platform_parts().is_empty() {
        return Err(Failure::new(format!(
            "there is no libtorch {TORCH_VERSION} for {} on {}; known are Linux x86-64, macOS arm64 and Windows x86-64",
            std::env::consts::OS,
            std::env::consts::ARCH
        )));
    }
    if !is_complete_in(&places.libtorch()) {
        fetch(places)?;
    }
    if has_nvidia_gpu() && !cuda_is_complete(places) {
        fetch_cuda(places)?;
    }
    Ok(())
}

/// A driver is loaded; the program itself says more (`touchstone doctor`).
fn has_nvidia_gpu() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64")) && Path::new("/proc/driver/nvidia/version").exists()
}

fn fetch(places: &Places) -> Result<()> {
    println!(
        "Setting up libtorch {TORCH_VERSION} in {} (about 550 MB to fetch, once)",
        places.libtorch().display()
    );
    let download = Unfinished::begin(&places.cache.join("download"))?;
    let libtorch = Unfinished::begin(&places.libtorch())?;
    let licenses = Unfinished::begin(&places.libtorch_licenses())?;
    for part in platform_parts() {
        let wheel = part.wheel.fetch(download.folder())?;
        unpack(&wheel, libtorch.folder(), |entry| place(part, entry))?;
        unpack(&wheel, licenses.folder(), license)?;
        fs::remove_file(&wheel).context(|| format!("cannot remove {}", wheel.display()))?;
    }
    let version = libtorch.folder().join("build-version");
    fs::write(&version, format!("{TORCH_VERSION}\n")).context(|| format!("cannot write {}", version.display()))?;
    if !is_complete_in(libtorch.folder()) {
        return Err(Failure::new(
            "the wheels of libtorch lack a file that was expected in them",
        ));
    }
    licenses.finish()?;
    libtorch.finish()?;
    discard(&download)
}

/// The wheels again, for the sake of the licence texts alone, where an older set-up left them out.
pub fn ensure_licenses(places: &Places) -> Result<()> {
    if places.libtorch_licenses().is_dir() {
        return Ok(());
    }
    println!("Fetching the licence texts of libtorch (about 550 MB, once)");
    let download = Unfinished::begin(&places.cache.join("download"))?;
    let licenses = Unfinished::begin(&places.libtorch_licenses())?;
    for part in platform_parts() {
        unpack(&part.wheel.fetch(download.folder())?, licenses.folder(), license)?;
    }
    licenses.finish()?;
    discard(&download)
}

/// Untried: written for a machine with an NVIDIA GPU, which was not at hand.
fn fetch_cuda(places: &Places) -> Result<()> {
    println!(
        "Found an NVIDIA GPU. Setting up its libraries in {} (about 2.5 GB)",
        places.libtorch_cuda().display()
    );
    let download = Unfinished::begin(&places.cache.join("download"))?;
    let cuda = Unfinished::begin(&places.libtorch_cuda())?;
    for wheel in CUDA {
        let file = wheel.fetch(download.folder())?;
        unpack(&file, cuda.folder(), cuda_library)?;
        fs::remove_file(&file).context(|| format!("cannot remove {}", file.display()))?;
    }
    let version = cuda.folder().join("build-version");
    fs::write(&version, format!("{TORCH_VERSION}\n")).context(|| format!("cannot write {}", version.display()))?;
    cuda.finish()?;
    discard(&download)
}

fn discard(download: &Unfinished) -> Result<()> {
    let folder = download.folder();
    fs::remove_dir_all(folder).context(|| format!("cannot remove {}", folder.display()))
}

/// `torch/lib/libc10.so` → `lib/libc10.so`, `torch/include/…` → `include/…`, the rest is left out.
fn place(part: &Part, entry: &str) -> Option<String> {
    let (folder, name) = entry.rsplit_once('/')?;
    if folder == part.library_folder && part.libraries.iter().any(|library| library.name == name) {
        return Some(format!("lib/{name}"));
    }
    let header = part.source == Source::Torch && entry.starts_with("torch/include/");
    header.then(|| entry.strip_prefix("torch/").unwrap_or(entry).to_owned())
}

/// `torch-2.11.0.dist-info/licenses/LICENSE` → `torch-2.11.0/LICENSE`.
fn license(entry: &str) -> Option<String> {
    let (package, file) = entry.split_once(".dist-info/licenses/")?;
    Some(format!("{package}/{file}"))
}

/// All shared libraries side by side: they find each other through `$ORIGIN`.
fn cuda_library(entry: &str) -> Option<String> {
    let (folder, name) = entry.rsplit_once('/')?;
    let library = folder == "torch/lib" || (folder.starts_with("nvidia/") && folder.ends_with("/lib"));
    let wanted = library && name.contains(".so") && name != "libtorch_python.so";
    wanted.then(|| format!("lib/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_named_libraries_are_taken() {
        let Some(torch) = platform_parts().first() else { return };
        assert_eq!(
            place(torch, "torch/include/ATen/ATen.h").as_deref(),
            Some("include/ATen/ATen.h")
        );
        let library = torch.libraries[0].name;
        assert_eq!(
            place(torch, &format!("torch/lib/{library}")),
            Some(format!("lib/{library}"))
        );
        assert_eq!(place(torch, "torch/lib/libtorch_cuda.so"), None);
        assert_eq!(place(torch, "torch/nn/modules/module.py"), None);
    }

    #[test]
    fn licences_keep_their_packages_name() {
        let entry = "torch-2.11.0.dist-info/licenses/third_party/fmt/LICENSE";
        assert_eq!(license(entry).as_deref(), Some("torch-2.11.0/third_party/fmt/LICENSE"));
        assert_eq!(license("torch/LICENSE"), None);
    }

    #[test]
    fn cuda_libraries_lie_side_by_side() {
        assert_eq!(
            cuda_library("nvidia/cu13/lib/libcublas.so.13").as_deref(),
            Some("lib/libcublas.so.13")
        );
        assert_eq!(
            cuda_library("nvidia/cudnn/lib/libcudnn.so.9").as_deref(),
            Some("lib/libcudnn.so.9")
        );
        assert_eq!(
            cuda_library("torch/lib/libtorch_cuda.so").as_deref(),
            Some("lib/libtorch_cuda.so")
        );
        assert_eq!(cuda_library("torch/lib/libtorch_python.so"), None);
        assert_eq!(cuda_library("nvidia/cu13/include/cuda.h"), None);
    }
}
