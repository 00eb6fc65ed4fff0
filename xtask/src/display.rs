//! A virtual screen for the window tests and the pictures.

use crate::failure::{Context as _, Failure, Result};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running Xvfb; it ends when this is dropped.
pub struct VirtualDisplay {
    server: Child,
    name: String,
}

impl VirtualDisplay {
    /// Starts Xvfb on a display number that it chooses itself; `size` is in pixels.
    pub fn start(size: (u32, u32)) -> Result<Self> {
        let (width, height) = size;
        let screen = format!("{width}x{height}x24");
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                &screen,
                "-nolisten",
                "tcp",
                "-noreset",
                "+extension",
                "GLX",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context(|| "cannot start Xvfb (on Debian and Ubuntu: apt-get install xvfb)".to_owned())?;
        let mut line = String::new();
        if let Some(output) = server.stdout.take() {
            // A read error leaves the line empty, which is reported below.
            BufReader::new(output).read_line(&mut line).unwrap_or_default();
        }
        let number = line.trim().to_owned();
        let display = Self {
            server,
            name: format!(":{number}"),
        };
        if number.is_empty() {
            return Err(Failure::new(
                "Xvfb ended before it gave a display; start `Xvfb :99` by hand to see why",
            ));
        }
        Ok(display)
    }

    /// The value of `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the command draw here, in software, whatever desktop we were started from.
    pub fn lend_to(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
    }
}

impl Drop for VirtualDisplay {
    fn drop(&mut self) {
        if self.server.kill().and_then(|()| self.server.wait()).is_err() {
            eprintln!("warning: Xvfb on {} could not be ended", self.name);
        }
    }
}
