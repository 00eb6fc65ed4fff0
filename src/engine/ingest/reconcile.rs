//! One table over several files: their columns matched by name, and how each file differs from the first.

use super::dataset::Dialect;
use super::prepare::Prepared;
use crate::engine::artifact::Bilingual;

/// One table over all files: column names in order of first appearance, each file's fields assigned to them,
/// and in words how each file differs from the first.
pub(super) fn reconcile(files: &mut [Prepared]) -> (Vec<String>, Vec<Vec<Bilingual>>) {
    let mut names: Vec<String> = Vec::new();
    for file in files.iter() {
        for name in &file.names {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let mut differences = Vec::new();
    let first = files.first().map(|file| (file.names.clone(), file.dialect.clone()));
    for file in files.iter_mut() {
        file.task.layout.fields = names
            .iter()
            .map(|name| file.names.iter().position(|own| own == name))
            .collect();
        differences.push(
            first
                .as_ref()
                .map_or_else(Vec::new, |(first, dialect)| differ(first, dialect, file)),
        );
    }
    (names, differences)
}

/// A file without a column of the first one.
pub(super) fn lacks_column(name: &str) -> Bilingual {
    Bilingual::new(
        format!("lacks column {name:?}; its cells are null"),
        format!("缺少列 {name:?}；其单元格为空"),
    )
}

/// A file with a column that the first one lacks.
pub(super) fn has_in_addition(name: &str) -> Bilingual {
    Bilingual::new(format!("has column {name:?} in addition"), format!("多出列 {name:?}"))
}

fn differ(first: &[String], dialect: &Dialect, file: &Prepared) -> Vec<Bilingual> {
    let mut words = Vec::new();
    for name in first.iter().filter(|name| !file.names.contains(name)) {
        words.push(lacks_column(name));
    }
    for name in file.names.iter().filter(|name| !first.contains(name)) {
        words.push(has_in_addition(name));
    }
    if words.is_empty() && file.names != first {
        words.push(Bilingual::new("has the columns in another order", "列的顺序不同"));
    }
    let mut differs = |(what, what_zh): (&str, &str), here: String, there: String| {
        if here != there {
            words.push(Bilingual::new(
                format!("{what} is {here}, not {there} as in the first file"),
                format!("{what_zh}是 {here}，而第一个文件是 {there}"),
            ));
        }
    };
    differs(
        ("encoding", "编码"),
        file.dialect.encoding.clone(),
        dialect.encoding.clone(),
    );
    differs(
        ("delimiter", "分隔符"),
        format!("{:?}", file.dialect.delimiter),
        format!("{:?}", dialect.delimiter),
    );
    words
}
