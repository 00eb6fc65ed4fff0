//! `.cargo/local.toml`, read by `.cargo/config.toml`: what plain cargo and rust-analyzer must know.
//!
//! Invariant: it names the same libtorch and build folder as this tool passes to cargo, so that
//! nothing is compiled twice.

use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use std::fs;
use std::path::Path;

/// Writes the file when it is missing or differs.
pub fn write(places: &Places) -> Result<()> {
    let file = places.repository.join(".cargo/local.toml");
    let text = text(&places.libtorch(), &places.cache.join("target"))?;
    if fs::read_to_string(&file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(&file, text).context(|| format!("cannot write {}", file.display()))
}

fn text(libtorch: &Path, target: &Path) -> Result<String> {
    Ok(format!(
        "# Written by `cargo xtask setup` for this machine; not committed.\n\
         [env]\nLIBTORCH = {}\n\n[build]\ntarget-dir = {}\n",
        literal(libtorch)?,
        literal(target)?
    ))
}

/// A TOML literal string: nothing is escaped, so it must not hold its own quote.
fn literal(path: &Path) -> Result<String> {
    match path.to_str() {
        Some(text) if !text.contains(['\'', '\n']) => Ok(format!("'{text}'")),
        _ => Err(Failure::new(format!(
            "cargo's configuration cannot name the folder {}",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_folders_are_named() {
        let text = text(Path::new("/c/libtorch"), Path::new("/c/target")).expect("plain paths");
        assert!(text.contains("[env]\nLIBTORCH = '/c/libtorch'\n"));
        assert!(text.contains("[build]\ntarget-dir = '/c/target'\n"));
    }

    #[test]
    fn a_path_that_breaks_the_quotes_is_refused() {
        assert!(literal(Path::new("/it's/here")).is_err());
    }
}
