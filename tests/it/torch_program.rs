//! The window's program starts without libtorch; the program beside it has it and answers.

use std::process::{Command, Stdio};

/// The libraries the system's loader would load.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn libraries(program: &str) -> String {
    let output = Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output();
    String::from_utf8_lossy(&output.expect("the loader answers").stdout).into_owned()
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn only_the_program_that_trains_links_libtorch() {
    let window = libraries(env!("CARGO_BIN_EXE_touchstone"));
    assert!(window.contains("libc.so"), "{window}");
    assert!(!window.contains("libtorch"), "{window}");
    let torch = libraries(env!("CARGO_BIN_EXE_touchstone-torch"));
    assert!(torch.contains("libtorch_cpu"), "{torch}");
}

#[test]
fn it_reports_and_answers_what_it_does_not_understand() {
    let program = env!("CARGO_BIN_EXE_touchstone-torch");
    let output = Command::new(program).arg("report").output().expect("it starts");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(report["gpu_count"].is_number(), "{report}");
    let mut child = Command::new(program)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut question = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut question, b"{\"sing\":1}\n").expect("it listens");
    drop(question);
    let output = child.wait_with_output().expect("it ends with its input");
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && answer.contains("not understood"), "{answer}");
}
