//! How much memory a command may use, and what becomes of logs that are larger.

use super::{OutputArgs, print_warning};
use crate::engine::memory::{self, Plan};
use std::path::PathBuf;

/// Bytes from a text such as `6GiB`, `500 MB` or `1073741824`.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| format!("{text:?} is no size, e.g. 6GiB"))?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        "tib" | "t" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        other => return Err(format!("{other:?} is no unit; use MiB, GiB, MB or GB")),
    };
    let bytes = number * factor as f64;
    if bytes < 1.0 {
        return Err("a size must be at least one byte".to_owned());
    }
    Ok(bytes as u64)
}

/// Decides where these files will be held; a log too large for both memory and disk is read all the same.
pub fn prepare(files: &[PathBuf], limit: Option<u64>, out: &OutputArgs) {
    match memory::prepare(files, limit) {
        Ok(Plan::InMemory) => {}
        Ok(Plan::Spilling { folder, budget }) => {
            let gib = budget as f64 / f64::from(1 << 30);
            let folder = folder.display();
            out.say(&format!(
                "The log is larger than the {gib:.1} GiB to keep to: parts of it lie in {folder} while it is read"
            ));
        }
        Err(error) => print_warning(&format!(
            "the log may be larger than memory, and it cannot be held on disk: {error}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_bytes;

    #[test]
    fn sizes() {
        assert_eq!(parse_bytes("6GiB"), Ok(6 << 30));
        assert_eq!(parse_bytes("1.5 GB"), Ok(1_500_000_000));
        assert_eq!(parse_bytes("4096"), Ok(4096));
        assert!(parse_bytes("much").is_err());
        assert!(parse_bytes("3 apples").is_err());
        assert!(parse_bytes("0").is_err());
    }
}
