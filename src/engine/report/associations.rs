//! How the columns hang together, inside the audit's page: a heat map of all pairs, the strongest in a table, what is
//! missing together.

use super::ReportLanguage;
use super::heat_map::{HeatCell, HeatLook, heat_map};
use super::page::{Page, escape};
use crate::engine::audit::associations::{Association, Associations, Measure, MissingPair};
use crate::engine::audit::{percent, shortened, thousands};

/// Columns of the heat map; more would not be read.
const MOST_COLUMNS: usize = 24;
const MOST_PAIRS: usize = 30;
const MOST_MISSING: usize = 20;

pub(super) fn associations_section(page: &mut Page, associations: &Associations) {
    let language = page.language();
    if !associations.pairs.is_empty() || associations.pairs_left > 0 {
        page.heading(language.pick("Associations", "列间关联"));
        notes(page, associations);
        page.figures(&[matrix(associations, language)]);
        pairs(page, associations);
    }
    let missing: Vec<&MissingPair> = associations
        .missingness
        .pairs
        .iter()
        .filter(|pair| pair.both > 0)
        .collect();
    if !missing.is_empty() {
        page.heading(language.pick("Missing together", "同时缺失"));
        missing_pairs(page, &missing);
    }
}

fn notes(page: &mut Page, associations: &Associations) {
    let language = page.language();
    let mut notes: Vec<String> = Measure::ALL
        .into_iter()
        .map(|measure| {
            format!(
                "{}: {}",
                language.of(&measure.label()),
                language.of(&measure.definition())
            )
        })
        .collect();
    if associations.pairs_left > 0 {
        let left = thousands(associations.pairs_left);
        notes.push(match language {
            ReportLanguage::English => {
                format!("{left} pairs were too dear for the audit; `--associations` computes all.")
            }
            ReportLanguage::Chinese => format!("另有 {left} 对未在审计中计算；使用 `--associations` 可全部计算。"),
        });
    }
    let left_out: Vec<String> = associations
        .left_out
        .iter()
        .map(|left| format!("{} ({})", left.column, language.of(&left.reason.label())))
        .collect();
    if !left_out.is_empty() {
        notes.push(format!(
            "{}: {}",
            language.pick("Not compared", "未参与比较"),
            left_out.join(", ")
        ));
    }
    let notes: Vec<String> = notes.iter().map(|note| escape(note)).collect();
    page.push(&format!("<p class=\"quiet\">{}</p>", notes.join("<br>")));
}

/// The pairs below the diagonal.
fn matrix(associations: &Associations, language: ReportLanguage) -> String {
    let names: Vec<&str> = associations
        .columns
        .iter()
        .take(MOST_COLUMNS)
        .map(|column| column.name.as_str())
        .collect();
    let labels: Vec<String> = names.iter().map(|name| shortened(name, 18)).collect();
    let cells: Vec<Vec<HeatCell>> = (1..names.len())
        .map(|row| {
            (0..row)
                .map(|column| cell(associations.pair(names[row], names[column]), language))
                .collect()
        })
        .collect();
    let legend = [(-1.0, "−1".to_owned()), (0.0, "0".to_owned()), (1.0, "1".to_owned())];
    let look = HeatLook {
        cell_width: 42.0,
        cell_height: 24.0,
        label_width: 122.0,
        slanted: 84.0,
    };
    let title = language.pick("Strength of association of each pair", "各列两两关联强度");
    let columns = &labels[..labels.len().saturating_sub(1)];
    heat_map(
        title,
        (labels.get(1..).unwrap_or_default(), columns),
        &cells,
        &legend,
        look,
    )
}

fn cell(pair: Option<&Association>, language: ReportLanguage) -> HeatCell {
    let value = pair.and_then(|pair| pair.value);
    HeatCell {
        strength: value,
        text: value.map_or_else(|| "–".to_owned(), written),
        hint: pair.map_or_else(String::new, |pair| {
            let measure = pair.measure.label();
            format!(
                "{} × {}: {}, n = {}",
                pair.a,
                pair.b,
                language.of(&measure),
                thousands(pair.n)
            )
        }),
    }
}

/// `0.57` or `−0.03`, with a true minus sign.
fn written(value: f64) -> String {
    format!("{value:.2}").replace('-', "−")
}

fn pairs(page: &mut Page, associations: &Associations) {
    let language = page.language();
    let rows: Vec<Vec<String>> = associations
        .pairs
        .iter()
        .take(MOST_PAIRS)
        .map(|pair| {
            vec![
                escape(&pair.a),
                escape(&pair.b),
                escape(language.of(&pair.measure.label())),
                pair.value
                    .map_or_else(|| "–".to_owned(), |value| format!("{value:.4}").replace('-', "−")),
                thousands(pair.n),
            ]
        })
        .collect();
    let head = [
        language.pick("Column", "列"),
        language.pick("Column", "列"),
        language.pick("Measure", "度量"),
        language.pick("Value", "值"),
        "n",
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4]);
}

fn missing_pairs(page: &mut Page, pairs: &[&MissingPair]) {
    let language = page.language();
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .take(MOST_MISSING)
        .map(|pair| {
            let rows = pair.both + pair.only_a + pair.only_b + pair.neither;
            let phi = pair
                .phi
                .map_or_else(|| "–".to_owned(), |phi| format!("{phi:.3}").replace('-', "−"));
            vec![
                escape(&pair.a),
                escape(&pair.b),
                thousands(pair.both),
                escape(&percent(pair.both as f64 / rows.max(1) as f64)),
                thousands(pair.only_a),
                thousands(pair.only_b),
                phi,
            ]
        })
        .collect();
    let head = [
        language.pick("Column", "列"),
        language.pick("Column", "列"),
        language.pick("Both missing", "同时缺失"),
        language.pick("Share", "占比"),
        language.pick("Only the first", "仅前者"),
        language.pick("Only the second", "仅后者"),
        "φ",
    ];
    page.table(&head.map(str::to_owned), &rows, &[2, 3, 4, 5, 6]);
}
