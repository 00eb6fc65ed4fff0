//! Where things are: the repository, the cache folder shared by all clones, the build folder.
//!
//! Invariant: the libtorch path is a function of the user's cache folder only. torch-sys compiles
//! its C++ again whenever the text of `LIBTORCH` changes, so every clone must name the same one.

use crate::failure::{Context as _, Failure, Result};
use std::env;
use std::path::{Path, PathBuf};

/// libtorch's release; tch and torch-sys in `Cargo.toml` are made for this one.
pub const TORCH_VERSION: &str = "2.11.0";

/// The folder name of the base model in the cache and in a distribution.
pub const BASE_MODEL: &str = "minilm-l6";

#[derive(Clone, Debug)]
pub struct Places {
    /// Root of the repository.
    pub repository: PathBuf,
    /// `touchstone` inside the user's cache folder.
    pub cache: PathBuf,
    /// Cargo's build folder.
    pub target: PathBuf,
}

impl Places {
    pub fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let repository = Path::new(&manifest)
            .parent()
            .ok_or_else(|| Failure::new("xtask must stand in a folder of the repository"))?
            .to_path_buf();
        let cache = user_cache()?.join("touchstone");
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => {
                std::path::absolute(&folder).context(|| "CARGO_TARGET_DIR is not a usable path".to_owned())?
            }
            None => cache.join("target"),
        };
        Ok(Self {
            repository,
            cache,
            target,
        })
    }

    /// The libtorch the program is compiled against and starts with on any machine.
    pub fn libtorch(&self) -> PathBuf {
        self.cache.join(format!("libtorch-{TORCH_VERSION}-cpu"))
    }

    /// The libraries that the program opens at start when there is an NVIDIA GPU.
    pub fn libtorch_cuda(&self) -> PathBuf {
        self.cache.join(format!("libtorch-{TORCH_VERSION}-cuda"))
    }

    /// Licence texts of the libraries in [`Self::libtorch`], needed to pass them on.
    pub fn libtorch_licenses(&self) -> PathBuf {
        self.cache.join(format!("libtorch-{TORCH_VERSION}-licenses"))
    }

    pub fn base_model(&self) -> PathBuf {
        self.cache.join("models").join(BASE_MODEL)
    }

    /// The optimised program.
    pub fn program(&self) -> PathBuf {
        self.built("touchstone")
    }

    /// The program that links libtorch.
    pub fn torch_program(&self) -> PathBuf {
        self.built("touchstone-torch")
    }

    fn built(&self, name: &str) -> PathBuf {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        self.target.join("release").join(file)
    }
}

/// The same folder the program finds through the `dirs` crate.
fn user_cache() -> Result<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let found = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        absolute("HOME").map(|home| home.join("Library/Caches"))
    } else {
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))
    };
    found.ok_or_else(|| Failure::new("there is no cache folder: set HOME (or XDG_CACHE_HOME) to an absolute path"))
}
