//! Build script: compiles the C++ shim and lets the program find libtorch when it starts.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "torch")]
    compile_shim();
    search_libraries_at_start();
    start_without_libtorch();
}

/// The program of the window calls nothing of libtorch, so that the linker leaves the library out, unless it finds
/// copies of C++ templates in the program that the library could be given instead of its own.
#[cfg(feature = "torch")]
fn start_without_libtorch() {
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => println!("cargo:rustc-link-arg-bin=touchstone=-Wl,--exclude-libs,ALL"),
        Ok("macos") => println!("cargo:rustc-link-arg-bin=touchstone=-Wl,-dead_strip_dylibs"),
        _ => {}
    }
}

#[cfg(not(feature = "torch"))]
fn start_without_libtorch() {}

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

/// Compiles what `tch` does not reach (see `src/engine/train/shim.cpp`) against the libtorch it uses.
#[cfg(feature = "torch")]
fn compile_shim() {
    const SOURCE: &str = "src/engine/train/shim.cpp";
    println!("cargo:rerun-if-changed={SOURCE}");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    let Ok(libtorch) = env::var("LIBTORCH") else {
        println!("cargo:warning=LIBTORCH is not set; run `cargo xtask setup` first");
        return;
    };
    let windows = env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("windows");
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .warnings(false)
        .file(SOURCE)
        .include(format!("{libtorch}/include"))
        .include(format!("{libtorch}/include/torch/csrc/api/include"));
    if !windows {
        build.flag("-O3").define("_GLIBCXX_USE_CXX11_ABI", "1");
    }
    build.compile("touchstone_shim");
    println!("cargo:rustc-link-search=native={libtorch}/lib");
    println!("cargo:rustc-link-lib=torch_cpu");
    println!("cargo:rustc-link-lib=c10");
}
