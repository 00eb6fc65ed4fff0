//! Which wheels make up libtorch 2.11.0, with the SHA-256 of each, and which files are taken.
//!
//! torch's wheel differs for each version of Python, its libraries do not: one version is pinned so
//! that the hash holds whatever Python is at hand. The list of CUDA wheels is the one that torch
//! 2.11.0 itself requires on Linux (through cuda-toolkit 13.0.2), less what only Python uses.

use super::wheel::{Python, Wheel};

/// One wheel and what is taken from it.
#[derive(Debug)]
pub struct Part {
    pub source: Source,
    pub wheel: Wheel,
    /// The folder of the libraries inside the wheel.
    pub library_folder: &'static str,
    pub libraries: &'static [Library],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Its headers are taken too.
    Torch,
    Nvidia,
}

#[derive(Debug)]
pub struct Library {
    pub name: &'static str,
    /// The unpacked size: a damaged file is noticed without reading it.
    pub bytes: u64,
}

const fn library(name: &'static str, bytes: u64) -> Library {
    Library { name, bytes }
}

const PYTHON: Option<Python> = Some(Python {
    version: "3.11",
    abi: "cp311",
});

const fn torch(platform: &'static str, sha256: &'static str) -> Wheel {
    Wheel {
        requirement: "torch==2.11.0",
        platform,
        python: PYTHON,
        sha256,
    }
}

const fn nvidia(requirement: &'static str, platform: &'static str, sha256: &'static str) -> Wheel {
    Wheel {
        requirement,
        platform,
        python: None,
        sha256,
    }
}

const TORCH_LINUX: Wheel = torch(
    "manylinux_2_28_x86_64",
    "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a",
);

const CUDA_RUNTIME: Wheel = nvidia(
    "nvidia-cuda-runtime==13.0.96",
    "manylinux2014_x86_64",
    "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
);

const CUPTI: Wheel = nvidia(
    "nvidia-cuda-cupti==13.0.85",
    "manylinux_2_25_x86_64",
    "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
);

static LINUX: [Part; 3] = [
    Part {
        source: Source::Torch,
        wheel: TORCH_LINUX,
        library_folder: "torch/lib",
        libraries: &[
            library("libtorch_cpu.so", 451_209_129),
            library("libtorch.so", 343_121),
            library("libc10.so", 1_498_969),
            library("libgomp.so.1", 254_009),
        ],
    },
    Part {
        source: Source::Nvidia,
        wheel: CUDA_RUNTIME,
        library_folder: "nvidia/cu13/lib",
        libraries: &[library("libcudart.so.13", 704_288)],
    },
    Part {
        source: Source::Nvidia,
        wheel: CUPTI,
        library_folder: "nvidia/cu13/lib",
        libraries: &[library("libcupti.so.13", 4_152_208)],
    },
];

/// Untried: no Mac was at hand.
static MACOS: [Part; 1] = [Part {
    source: Source::Torch,
    wheel: torch(
        "macosx_11_0_arm64",
        "7b6a60d48062809f58595509c524b88e6ddec3ebe25833d6462eeab81e5f2ce4",
    ),
    library_folder: "torch/lib",
    libraries: &[
        library("libtorch_cpu.dylib", 216_509_200),
        library("libtorch.dylib", 16_736),
        library("libc10.dylib", 1_086_384),
        library("libomp.dylib", 860_992),
    ],
}];

/// Untried: no Windows was at hand.
static WINDOWS: [Part; 1] = [Part {
    source: Source::Torch,
    wheel: torch(
        "win_amd64",
        "73e24aaf8f36ab90d95cd1761208b2eb70841c2a9ca1a3f9061b39fc5331b708",
    ),
    library_folder: "torch/lib",
    libraries: &[
        library("torch_cpu.dll", 265_820_160),
        library("torch_cpu.lib", 29_660_092),
        library("torch.dll", 9_728),
        library("torch.lib", 1_832),
        library("c10.dll", 1_088_000),
        library("c10.lib", 829_698),
        library("libiomp5md.dll", 1_614_184),
        library("uv.dll", 195_072),
    ],
}];

/// The parts for the machine this was compiled on; none where torch 2.11.0 has no wheel.
pub fn platform_parts() -> &'static [Part] {
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        &LINUX
    } else if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
        &MACOS
    } else if cfg!(all(target_os = "windows", target_arch = "x86_64")) {
        &WINDOWS
    } else {
        &[]
    }
}

/// All that `libtorch_cuda.so` opens. Untried: no NVIDIA GPU was at hand.
pub static CUDA: [Wheel; 16] = [
    TORCH_LINUX,
    CUDA_RUNTIME,
    CUPTI,
    nvidia(
        "nvidia-cublas==13.1.0.3",
        "manylinux_2_27_x86_64",
        "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171",
    ),
    nvidia(
        "nvidia-cuda-nvrtc==13.0.88",
        "manylinux2010_x86_64",
        "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
    ),
    nvidia(
        "nvidia-cudnn-cu13==9.19.0.56",
        "manylinux_2_27_x86_64",
        "d20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf",
    ),
    nvidia(
        "nvidia-cufft==12.0.0.61",
        "manylinux2014_x86_64",
        "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3",
    ),
    nvidia(
        "nvidia-cufile==1.15.1.6",
        "manylinux2014_x86_64",
        "08a3ecefae5a01c7f5117351c64f17c7c62efa5fffdbe24fc7d298da19cd0b44",
    ),
    nvidia(
        "nvidia-curand==10.4.0.35",
        "manylinux_2_27_x86_64",
        "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
    ),
    nvidia(
        "nvidia-cusolver==12.0.4.66",
        "manylinux_2_27_x86_64",
        "0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112",
    ),
    nvidia(
        "nvidia-cusparse==12.6.3.3",
        "manylinux2014_x86_64",
        "2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b",
    ),
    nvidia(
        "nvidia-cusparselt-cu13==0.8.0",
        "manylinux2014_x86_64",
        "25e30a8a7323935d4ad0340b95a0b69926eee755767e8e0b1cf8dd85b197d3fd",
    ),
    nvidia(
        "nvidia-nccl-cu13==2.28.9",
        "manylinux_2_18_x86_64",
        "e4553a30f34195f3fa1da02a6da3d6337d28f2003943aa0a3d247bbc25fefc42",
    ),
    nvidia(
        "nvidia-nvjitlink==13.0.88",
        "manylinux2010_x86_64",
        "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b",
    ),
    nvidia(
        "nvidia-nvshmem-cu13==3.4.5",
        "manylinux2014_x86_64",
        "290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80",
    ),
    nvidia(
        "nvidia-nvtx==13.0.85",
        "manylinux1_x86_64",
        "4936d1d6780fbe68db454f5e72a42ff64d1fd6397df9f363ae786930fd5c1cd4",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wheel_is_pinned_by_version_and_hash() {
        let parts = LINUX.iter().chain(&MACOS).chain(&WINDOWS).map(|part| part.wheel);
        for wheel in parts.chain(CUDA) {
            assert!(wheel.requirement.contains("=="), "{wheel:?}");
            assert_eq!(wheel.sha256.len(), 64, "{wheel:?}");
            assert!(
                wheel
                    .sha256
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
                "{wheel:?}"
            );
        }
    }

    #[test]
    fn torch_is_the_version_the_cache_folder_is_named_after() {
        let torch = format!("torch=={}", crate::places::TORCH_VERSION);
        assert!(
            LINUX
                .iter()
                .chain(&MACOS)
                .chain(&WINDOWS)
                .any(|part| part.wheel.requirement == torch)
        );
        assert!(CUDA.iter().any(|wheel| wheel.requirement == torch));
    }
}
