//! Build script: lets the program find libtorch when it starts.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    search_libraries_at_start();
}

/// The library folders written into the program: `lib` beside it, as a distribution has it, then the
/// libtorch it was built with. Nothing has to be set in the environment.
fn search_libraries_at_start() {
    // Given by torch-sys (`links = "tch"`); absent without the feature `torch`.
    let Ok(libtorch) = env::var("DEP_TCH_LIBTORCH_LIB") else {
        return;
    };
    let beside = match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => "@executable_path/lib",
        Ok("windows") => return,
        _ => "$ORIGIN/lib",
    };
    println!("cargo:rustc-link-arg=-Wl,-rpath,{beside}");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{libtorch}");
}
