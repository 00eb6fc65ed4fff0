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

const NATIVE: &str = "src/engine/train/native";

/// Compiles what `tch` does not reach (see `src/engine/train/native`) against the libtorch it uses.
#[cfg(feature = "torch")]
fn compile_shim() {
    println!("cargo:rerun-if-changed={NATIVE}");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    let Ok(libtorch) = env::var("LIBTORCH") else {
        println!("cargo:warning=LIBTORCH is not set; run `cargo xtask setup` first");
        return;
    };
    let has_kernels = has_kernels();
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .warnings(false)
        .file(format!("{NATIVE}/shim.cpp"))
        .file(format!("{NATIVE}/fused.cpp"))
        .include(format!("{libtorch}/include"))
        .include(format!("{libtorch}/include/torch/csrc/api/include"));
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("windows") {
        build.flag("-O3").define("_GLIBCXX_USE_CXX11_ABI", "1");
    }
    if has_kernels {
        // The threads are those of libtorch's own pool.
        build.define("TS_KERNELS", None).flag("-fopenmp");
    }
    build.compile("touchstone_shim");
    if has_kernels {
        compile_kernels("avx2", &["-mavx2", "-mfma"]);
        let avx512 = ["f", "bw", "dq", "vl"].map(|part| format!("-mavx512{part}"));
        let avx512: Vec<&str> = avx512
            .iter()
            .map(String::as_str)
            .chain(["-mprefer-vector-width=512", "-mfma"])
            .collect();
        compile_kernels("avx512", &avx512);
        println!("cargo:rustc-link-lib=gomp");
    }
    println!("cargo:rustc-link-search=native={libtorch}/lib");
    println!("cargo:rustc-link-lib=torch_cpu");
    println!("cargo:rustc-link-lib=c10");
}

/// The kernels are written in the vectors of GCC and Clang, for the instructions of x86-64.
#[cfg(feature = "torch")]
fn has_kernels() -> bool {
    let is = |name: &str, value: &str| env::var(name).as_deref() == Ok(value);
    is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("CARGO_CFG_TARGET_OS", "linux")
}

/// One set of vector instructions, a file of its own, so that no other code is compiled for them.
#[cfg(feature = "torch")]
fn compile_kernels(name: &str, flags: &[&str]) {
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .warnings(false)
        .file(format!("{NATIVE}/kernels_{name}.cpp"));
    build
        .flags(["-O3", "-ffp-contract=fast", "-fno-math-errno"])
        .flags(flags);
    build.compile(&format!("touchstone_{name}"));
}
