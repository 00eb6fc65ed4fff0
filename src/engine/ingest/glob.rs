//! Paths with `*` and `?`, for where no shell expands them.
//!
//! `*` stands for any characters of one name, `?` for one; hidden names are matched only by a pattern that begins
//! with a dot.

use std::path::{Component, Path, PathBuf};

/// Whether a path has wildcards.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.components()
        .any(|part| part.as_os_str().to_string_lossy().contains(['*', '?']))
}

/// The files and folders a pattern matches, by name.
pub(super) fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let name = part.as_os_str().to_string_lossy().into_owned();
        let plain = !matches!(part, Component::Normal(_)) || !name.contains(['*', '?']);
        let mut next = Vec::new();
        for folder in found {
            if plain {
                next.push(folder.join(part));
                continue;
            }
            let listed = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                &folder
            };
            let entries = std::fs::read_dir(listed).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name());
            let fits = |entry: &std::ffi::OsString| {
                let entry = entry.to_string_lossy();
                (!entry.starts_with('.') || name.starts_with('.')) && matches(&name, &entry)
            };
            next.extend(names.filter(fits).map(|entry| folder.join(entry)));
        }
        found = next;
    }
    found.retain(|path| path.exists());
    found.sort();
    found
}

/// Whether a name fits a pattern, by characters.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut seen) = (0, 0);
    // Where the last star stands, and the first character it does not take.
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == name[seen] => (at, seen) = (at + 1, seen + 1),
            _ => match &mut star {
                Some((place, taken)) => {
                    *taken += 1;
                    (at, seen) = (*place + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&rest| rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        for (pattern, name, want) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("2019-??-*.csv", "2019-10-01.csv", true),
            ("2019-??-*.csv", "2019-1-01.csv", false),
            ("*", "", true),
            ("a*b*c", "axxbyybzc", true),
            ("a*b*c", "axxbyybz", false),
            ("日志?.csv", "日志一.csv", true),
        ] {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn wildcards_stand_in_any_part_of_a_path() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a/1.csv", "a/2.csv", "a/.3.csv", "b/1.csv", "b/1.txt"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, "x,y\n1,2\n").expect("written");
        }
        let found = |pattern: &str| {
            let all = expand(&folder.path().join(pattern));
            let names = all.iter().filter_map(|path| path.strip_prefix(folder.path()).ok());
            names.map(|path| path.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("a/*.csv"), ["a/1.csv", "a/2.csv"]);
        assert_eq!(found("*/1.*"), ["a/1.csv", "b/1.csv", "b/1.txt"]);
        assert_eq!(found("c/*.csv"), [""; 0]);
        assert!(is_pattern(Path::new("a/*.csv")) && !is_pattern(Path::new("a/b.csv")));
    }
}
