//! What was made from what: a drawing from left to right and the list behind it.
//!
//! Invariant: every artefact is in the list; the drawing is left out where it would be too crowded to read.

use super::ReportLanguage;
use super::numbers::moment;
use super::page::{Page, escape};
use crate::engine::artifact::{Bilingual, ContentHash};
use crate::engine::audit::shortened;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// More boxes cannot be read on a page.
const MOST_DRAWN: usize = 48;
const BOX: (f64, f64) = (150.0, 38.0);
const STEP: (f64, f64) = (190.0, 52.0);

/// The kind's name for people.
pub(super) fn kind_label(kind: ArtefactKind) -> Bilingual {
    let (en, zh) = match kind {
        ArtefactKind::Dataset => ("data set", "数据集"),
        ArtefactKind::Audit => ("audit", "体检"),
        ArtefactKind::Recipe => ("recipe", "清洗方案"),
        ArtefactKind::CleanDataset => ("clean data", "清洗后数据"),
        ArtefactKind::FeatureSet => ("feature set", "特征集"),
        ArtefactKind::Run => ("run", "训练任务"),
        ArtefactKind::Model => ("model", "模型"),
        ArtefactKind::Evaluation => ("evaluation", "能力评估"),
        ArtefactKind::Comparison => ("comparison", "模型对比"),
        ArtefactKind::Experiment => ("experiment", "A/B 实验"),
    };
    Bilingual::new(en, zh)
}

/// `artefacts` newest first, as the catalogue gives them.
pub(super) fn lineage_sections(page: &mut Page, artefacts: &[ArtefactRecord]) {
    let language = page.language();
    if artefacts.len() <= MOST_DRAWN {
        let drawing = draw(artefacts, language);
        page.push(&format!("<section><div class=\"scroll\">{drawing}</div></section>"));
    }
    let name_of = |hash: &ContentHash| {
        let known = artefacts.iter().find(|other| other.hash == *hash);
        let name = known.map_or("", |known| known.name.as_str());
        format!("{} <span class=\"quiet\">{}</span>", escape(name), escape(hash.short()))
    };
    let rows: Vec<Vec<String>> = artefacts
        .iter()
        .map(|artefact| {
            let parents: Vec<String> = artefact.inputs.iter().map(name_of).collect();
            vec![
                escape(language.of(&kind_label(artefact.kind))),
                escape(&artefact.name),
                escape(artefact.hash.short()),
                moment(artefact.created_ms),
                parents.join(" · "),
            ]
        })
        .collect();
    let head = [
        language.pick("Kind", "类型"),
        language.pick("Name", "名称"),
        language.pick("Hash", "哈希"),
        language.pick("Made", "生成时间"),
        language.pick("Made from", "来源"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[]);
}

/// The longest way from an artefact without known parents; a ring (which cannot be) ends at the number of artefacts.
fn depths(artefacts: &[ArtefactRecord]) -> Vec<usize> {
    let place: BTreeMap<&ContentHash, usize> = artefacts.iter().enumerate().map(|(at, a)| (&a.hash, at)).collect();
    let mut depth = vec![0; artefacts.len()];
    for _ in 0..artefacts.len() {
        let mut changed = false;
        for (at, artefact) in artefacts.iter().enumerate() {
            let parents = artefact.inputs.iter().filter_map(|input| place.get(input));
            let wanted = parents
                .filter(|parent| **parent != at)
                .map(|parent| depth[*parent] + 1)
                .max();
            if let Some(wanted) = wanted.filter(|wanted| *wanted > depth[at] && *wanted < artefacts.len()) {
                depth[at] = wanted;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    depth
}

fn draw(artefacts: &[ArtefactRecord], language: ReportLanguage) -> String {
    let depth = depths(artefacts);
    let mut filled: BTreeMap<usize, usize> = BTreeMap::new();
    // Oldest on top.
    let mut corners = vec![(0.0, 0.0); artefacts.len()];
    for at in (0..artefacts.len()).rev() {
        let row = filled.entry(depth[at]).or_insert(0);
        corners[at] = (depth[at] as f64 * STEP.0 + 1.0, *row as f64 * STEP.1 + 1.0);
        *row += 1;
    }
    let columns = filled.len();
    let rows = filled.values().copied().max().unwrap_or(0);
    let place: BTreeMap<&ContentHash, usize> = artefacts.iter().enumerate().map(|(at, a)| (&a.hash, at)).collect();
    let mut body = String::new();
    // Writing to a String cannot fail.
    for (at, artefact) in artefacts.iter().enumerate() {
        let (x, y) = (corners[at].0, corners[at].1 + BOX.1 / 2.0);
        for parent in artefact.inputs.iter().filter_map(|input| place.get(input)) {
            let (from_x, from_y) = (corners[*parent].0 + BOX.0, corners[*parent].1 + BOX.1 / 2.0);
            let middle = f64::midpoint(from_x, x);
            let _ = write!(
                body,
                "<path class=\"edge\" d=\"M{from_x:.0} {from_y:.0} C{middle:.0} {from_y:.0} {middle:.0} {y:.0} {x:.0} {y:.0}\"/>"
            );
        }
    }
    for (artefact, (x, y)) in artefacts.iter().zip(&corners) {
        let kind = kind_label(artefact.kind);
        let _ = write!(
            body,
            "<rect class=\"node\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"6\"/>\
             <text x=\"{}\" y=\"{}\">{} · {}</text><text class=\"strong\" x=\"{}\" y=\"{}\">{}</text>",
            BOX.0,
            BOX.1,
            x + 9.0,
            y + 15.0,
            escape(language.of(&kind)),
            escape(artefact.hash.short()),
            x + 9.0,
            y + 30.0,
            escape(&shortened(&artefact.name, 22))
        );
    }
    let width = columns.max(1) as f64 * STEP.0 - (STEP.0 - BOX.0) + 2.0;
    let height = rows as f64 * STEP.1 - (STEP.1 - BOX.1) + 2.0;
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" style=\"width:{width}px;max-width:none\" role=\"img\" aria-label=\"{}\">{body}</svg>",
        language.pick("lineage", "血缘")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(kind: ArtefactKind, name: &str, inputs: &[&str]) -> ArtefactRecord {
        let hash = |name: &str| ContentHash::of_bytes(name.as_bytes());
        let mut record = ArtefactRecord::new(kind, hash(name), name, 0);
        record.inputs = inputs.iter().map(|input| hash(input)).collect();
        record
    }

    #[test]
    fn what_is_made_stands_right_of_what_it_is_made_from() {
        let artefacts = [
            artefact(ArtefactKind::FeatureSet, "set", &["clean", "lost"]),
            artefact(ArtefactKind::CleanDataset, "clean", &["log", "recipe"]),
            artefact(ArtefactKind::Recipe, "recipe", &["log"]),
            artefact(ArtefactKind::Dataset, "log", &[]),
        ];
        assert_eq!(depths(&artefacts), [3, 2, 1, 0]);
        let ring = [
            artefact(ArtefactKind::Dataset, "a", &["b"]),
            artefact(ArtefactKind::Dataset, "b", &["a"]),
        ];
        assert_eq!(depths(&ring).len(), 2, "a ring ends");
        let drawn = draw(&artefacts, ReportLanguage::English);
        assert_eq!(drawn.matches("class=\"node\"").count(), 4);
        assert_eq!(drawn.matches("class=\"edge\"").count(), 4, "the lost parent has no box");
    }
}
