//! A folder for one test, removed when the test ends.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Scratch(PathBuf);

impl Scratch {
    /// `name` tells the tests of this program apart, the process number tells programs apart.
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("touchstone-xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}
