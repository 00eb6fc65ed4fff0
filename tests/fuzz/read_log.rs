//! Any bytes as a log, for libFuzzer.
#![no_main]

mod target;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder for the input"));

fuzz_target!(|bytes: &[u8]| {
    target::read_bytes(FOLDER.path(), bytes);
});
