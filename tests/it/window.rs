//! The real window on a real (virtual) screen: it is drawn, it answers a click.

use crate::program::Folder;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Dark theme: background, panel, card, accent; see the palette of `gui::theme`.
const DARK_TOKENS: [[u8; 3]; 4] = [
    [0x12, 0x14, 0x17],
    [0x18, 0x1B, 0x20],
    [0x1F, 0x23, 0x2A],
    [0xE3, 0xB3, 0x4C],
];

/// The running program; it ends when this is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may have closed already; then there is nothing to end.
        if self.0.kill().is_ok() {
            self.0.wait().expect("it is ours");
        }
    }
}

/// A picture of the screen: width and RGB bytes, or why there is none.
fn screen(folder: &Folder) -> Result<Vec<[u8; 3]>, String> {
    let picture = folder.join("screen.ppm");
    let import = Command::new("import")
        .args(["-window", "root", "-depth", "8"])
        .arg(format!("ppm:{}", picture.display()))
        .status();
    match import {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("`import` ended with {status}")),
        Err(error) => return Err(format!("`import` (ImageMagick) does not start: {error}")),
    }
    let bytes = std::fs::read(&picture).map_err(|error| error.to_string())?;
    pixels(&bytes).ok_or_else(|| "`import` wrote no 8-bit PPM".to_owned())
}

/// Pixels of a binary PPM: `P6 width height 255` and then the bytes.
fn pixels(ppm: &[u8]) -> Option<Vec<[u8; 3]>> {
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < 4 {
        let end = at + ppm.get(at..)?.iter().position(u8::is_ascii_whitespace)?;
        words.push(std::str::from_utf8(&ppm[at..end]).ok()?);
        at = end + 1;
    }
    let is_plain = words[0] == "P6" && words[3] == "255";
    is_plain.then(|| ppm[at..].as_chunks::<3>().0.to_vec())
}

fn count(pixels: &[[u8; 3]], color: [u8; 3]) -> usize {
    pixels.iter().filter(|pixel| **pixel == color).count()
}

fn wait_for(ready: &Path, program: &mut Program) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !ready.exists() {
        let ended = program.0.try_wait().expect("it is ours");
        assert!(
            ended.is_none(),
            "the window closed before its page was drawn: {ended:?}"
        );
        assert!(Instant::now() < deadline, "no page within a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
}

/// Does something with the mouse or the keyboard of the screen.
fn xdotool(words: &[&str]) {
    let done = Command::new("xdotool").args(words).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "xdotool {words:?} does not work"
    );
}

/// Looks at the screen until more than a few hundred pixels differ from `before`; the picture then.
fn after_change(folder: &Folder, before: &[[u8; 3]]) -> Vec<[u8; 3]> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        std::thread::sleep(Duration::from_millis(200));
        let after = screen(folder).expect("it worked before");
        let changed = after.iter().zip(before).filter(|(a, b)| a != b).count();
        if changed > 500 {
            return after;
        }
        assert!(
            Instant::now() < deadline,
            "nothing changed on the screen ({changed} pixels)"
        );
    }
}

/// Starts the window in a state of our choice; `None`, with a message, where there is no screen.
fn started(folder: &Folder, arguments: &[&str]) -> Option<Program> {
    if std::env::var_os("DISPLAY").is_none_or(|name| name.is_empty()) {
        eprintln!("skipped: DISPLAY is not set; `cargo xtask test` starts a virtual screen");
        return None;
    }
    let ready = folder.join("ready");
    let child = folder
        .command()
        .args(arguments)
        .env("TOUCHSTONE_READY_FILE", &ready)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut program = Program(child);
    wait_for(&ready, &mut program);
    Some(program)
}

#[test]
fn the_window_is_drawn_and_answers_key_and_click() {
    let folder = Folder::new();
    let arguments = [
        "--page", "settings", "--lang", "en", "--theme", "dark", "--size", "1440x900",
    ];
    let Some(mut program) = started(&folder, &arguments) else {
        return;
    };
    let before = match screen(&folder) {
        Ok(before) => before,
        Err(why) => panic!("no picture of the screen: {why}"),
    };
    for color in DARK_TOKENS {
        assert!(count(&before, color) > 20, "{color:02x?} is not on the screen");
    }
    assert!(
        count(&before, DARK_TOKENS[0]) > before.len() / 10,
        "the page's background"
    );

    // Ctrl+2 opens the audit page: the keyboard reaches the window. No window manager gives it the focus here.
    let window = ["search", "--onlyvisible", "--name", "^Touchstone$"];
    xdotool(&[&window[..], &["windowfocus", "--sync", "%1"]].concat());
    xdotool(&["key", "--clearmodifiers", "ctrl+2"]);
    let audit = after_change(&folder, &before);
    // A click on the third entry of the navigation opens the recipe page: the mouse does, too.
    // Afterwards the mouse is elsewhere, so that what stays changed is not the entry under it.
    let moved = |x: &'static str, y: &'static str| ["mousemove", "--window", "%1", x, y];
    xdotool(&[&window[..], &moved("100", "169"), &["click", "1"], &moved("700", "850")].concat());
    after_change(&folder, &audit);
    std::thread::sleep(Duration::from_millis(500));
    after_change(&folder, &audit);
    assert!(program.0.try_wait().expect("it is ours").is_none(), "it still runs");
}
