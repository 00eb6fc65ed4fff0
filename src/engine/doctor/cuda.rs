//! Is there a GPU that training can use, and if not, which link of the chain is missing?
//!
//! The chain: an NVIDIA device, its driver, the driver's library in this process's reach, libtorch's
//! CUDA library, and libtorch's own answer.

use super::{Check, State, libtorch, native, storage};
use crate::engine::artifact::Bilingual;
use crate::engine::torch_program;
use std::path::{Path, PathBuf};

/// CUDA 13 needs a driver of this release or a later one (CUDA Toolkit release notes, table 2).
const OLDEST_DRIVER: u32 = 580;

/// What was seen of the chain.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    /// An NVIDIA display controller on the bus.
    device: bool,
    /// The kernel driver's version.
    driver: Option<String>,
    /// Why the driver's library does not load; `None` when it does.
    driver_library_error: Option<String>,
    /// Where libtorch's CUDA library lies.
    torch_cuda: Option<PathBuf>,
    /// libtorch's answer and the number of GPUs; `None` where libtorch is not there.
    usable: Option<(bool, i64)>,
}

pub fn check() -> Check {
    let seen = Seen {
        device: nvidia_device_on_bus(Path::new("/sys/bus/pci/devices")),
        driver: std::fs::read_to_string("/proc/driver/nvidia/version")
            .ok()
            .and_then(|text| driver_version(&text)),
        driver_library_error: native::loads(if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" }).err(),
        torch_cuda: torch_cuda_library(),
        usable: usable(),
    };
    judge(&seen)
        .fact("nvidia_device", seen.device)
        .fact("driver_version", seen.driver)
        .fact("driver_library_error", seen.driver_library_error)
        .fact("libtorch_cuda", seen.torch_cuda.map(|file| file.display().to_string()))
        .fact("usable", seen.usable.map(|(usable, _)| usable))
        .fact("gpu_count", seen.usable.map(|(_, count)| count))
}

fn usable() -> Option<(bool, i64)> {
    let report = torch_program::report()?.ok()?;
    Some((report.cuda_usable, report.gpu_count))
}

fn judge(seen: &Seen) -> Check {
    let title = Bilingual::new("CUDA", "CUDA");
    let make = |state, en: &str, zh: &str| Check::new("cuda", title, state, Bilingual::new(en, zh));
    if let Some((true, count)) = seen.usable {
        return make(
            State::Ok,
            &format!("{count} GPU usable for training"),
            &format!("{count} 块 GPU 可用于训练"),
        );
    }
    let Some(driver) = &seen.driver else {
        return without_driver(seen, make);
    };
    if driver
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| major < OLDEST_DRIVER)
    {
        return make(
            State::Warning,
            &format!("the NVIDIA driver {driver} is too old for CUDA 13"),
            &format!("NVIDIA 驱动 {driver} 过旧，不支持 CUDA 13"),
        )
        .mend(
            format!("Install the NVIDIA driver {OLDEST_DRIVER} or later."),
            format!("请安装 {OLDEST_DRIVER} 或更高版本的 NVIDIA 驱动。"),
        );
    }
    if let Some(error) = &seen.driver_library_error {
        return make(
            State::Warning,
            &format!("the driver {driver} is there but its library is not: {error}"),
            &format!("驱动 {driver} 已加载，但其用户态库不可用：{error}"),
        )
        .mend(
            "Install the driver's libraries (libcuda.so.1); in a container, start it with GPU access.",
            "请安装驱动的用户态库（libcuda.so.1）；在容器中请启用 GPU 访问。",
        );
    }
    if seen.torch_cuda.is_none() {
        return make(
            State::Warning,
            &format!("the driver {driver} works, but libtorch_cuda was not found"),
            &format!("驱动 {driver} 正常，但未找到 libtorch_cuda"),
        )
        .mend(
            "Run `cargo xtask setup` on this machine: it fetches libtorch's CUDA libraries.",
            "请在本机运行 `cargo xtask setup`，获取 libtorch 的 CUDA 库。",
        );
    }
    make(
        State::Warning,
        &format!("the driver {driver} and libtorch_cuda are there, but libtorch sees no GPU"),
        &format!("驱动 {driver} 和 libtorch_cuda 均已就绪，但 libtorch 未检测到 GPU"),
    )
    .mend(
        "See whether `nvidia-smi` lists a GPU and whether CUDA_VISIBLE_DEVICES hides it.",
        "请检查 `nvidia-smi` 是否列出 GPU，以及 CUDA_VISIBLE_DEVICES 是否将其隐藏。",
    )
}

fn without_driver(seen: &Seen, make: impl FnOnce(State, &str, &str) -> Check) -> Check {
    if seen.device {
        return make(
            State::Warning,
            "there is an NVIDIA GPU but no driver for it",
            "检测到 NVIDIA GPU，但没有驱动",
        )
        .mend(
            format!("Install the NVIDIA driver {OLDEST_DRIVER} or later, then run `cargo xtask setup`."),
            format!("请安装 {OLDEST_DRIVER} 或更高版本的 NVIDIA 驱动，然后运行 `cargo xtask setup`。"),
        );
    }
    make(
        State::Missing,
        "there is no NVIDIA GPU and driver; training runs on the processor",
        "没有 NVIDIA GPU 和驱动；训练将使用 CPU",
    )
    .mend(
        "Nothing has to be done: everything works without a GPU, training is slower.",
        "无需处理：没有 GPU 也能使用全部功能，只是训练较慢。",
    )
}

/// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun …` → `580.65.06`.
fn driver_version(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("NVRM version:"))?;
    let is_version = |word: &&str| word.contains('.') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    line.split_whitespace().find(is_version).map(str::to_owned)
}

/// A PCI device of vendor 10de (NVIDIA) and class 03 (display controller).
fn nvidia_device_on_bus(bus: &Path) -> bool {
    let Ok(devices) = std::fs::read_dir(bus) else {
        return false;
    };
    let has = |device: &Path, file: &str, start: &str| {
        std::fs::read_to_string(device.join(file)).is_ok_and(|text| text.trim().starts_with(start))
    };
    devices
        .flatten()
        .any(|device| has(&device.path(), "vendor", "0x10de") && has(&device.path(), "class", "0x03"))
}

fn torch_cuda_library() -> Option<PathBuf> {
    let name = if cfg!(windows) {
        "torch_cuda.dll"
    } else {
        "libtorch_cuda.so"
    };
    let mut folders = libtorch::candidates();
    folders.extend(libtorch::folder());
    if let Some(cache) = storage::cache() {
        folders.push(cache.join(format!("libtorch-{}-cuda", libtorch::EXPECTED)).join("lib"));
    }
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Seen {
        Seen {
            device: true,
            driver: Some("580.65.06".to_owned()),
            driver_library_error: None,
            torch_cuda: Some("/x/libtorch_cuda.so".into()),
            usable: Some((true, 2)),
        }
    }

    #[test]
    fn the_drivers_version_is_read() {
        let text = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:17:17 UTC 2025\n\
                    GCC version:  gcc version 13.3.0\n";
        assert_eq!(driver_version(text).as_deref(), Some("580.65.06"));
        let open = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build\n";
        assert_eq!(driver_version(open).as_deref(), Some("570.124.06"));
        assert_eq!(driver_version("nothing"), None);
    }

    #[test]
    fn each_broken_link_of_the_chain_is_named() {
        assert_eq!(judge(&complete()).state, State::Ok);
        let broken = |change: fn(&mut Seen)| {
            let mut seen = Seen {
                usable: Some((false, 0)),
                ..complete()
            };
            change(&mut seen);
            judge(&seen)
        };
        let cases: [(Check, State, &str); 6] = [
            (broken(|_| ()), State::Warning, "sees no GPU"),
            (
                broken(|seen| seen.torch_cuda = None),
                State::Warning,
                "libtorch_cuda was not found",
            ),
            (
                broken(|seen| seen.driver_library_error = Some("no file".to_owned())),
                State::Warning,
                "no file",
            ),
            (
                broken(|seen| seen.driver = Some("550.90.07".to_owned())),
                State::Warning,
                "too old",
            ),
            (broken(|seen| seen.driver = None), State::Warning, "no driver"),
            (judge(&Seen::default()), State::Missing, "no NVIDIA GPU"),
        ];
        for (check, state, words) in cases {
            assert_eq!(check.state, state, "{}", check.found.en);
            assert!(check.found.en.contains(words), "{} lacks {words}", check.found.en);
        }
    }

    #[test]
    fn only_display_controllers_of_nvidia_count() {
        let bus = tempfile::tempdir().expect("a temporary folder");
        let add = |name: &str, vendor: &str, class: &str| {
            let device = bus.path().join(name);
            std::fs::create_dir(&device).expect("can make a folder");
            std::fs::write(device.join("vendor"), vendor).expect("can write");
            std::fs::write(device.join("class"), class).expect("can write");
        };
        add("audio", "0x10de\n", "0x040300\n");
        add("other", "0x8086\n", "0x030000\n");
        assert!(!nvidia_device_on_bus(bus.path()));
        add("gpu", "0x10de\n", "0x030200\n");
        assert!(nvidia_device_on_bus(bus.path()));
    }
}
