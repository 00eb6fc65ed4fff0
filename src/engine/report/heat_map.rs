//! Heat maps as SVG: a table of shares of a colour, with numbers in the cells and a legend.
//!
//! Invariant: a number stands in the cell or in its tooltip, so that no meaning is by colour alone; colours come from
//! the page's style classes.

use super::page::escape;
use std::fmt::Write as _;

/// The strongest tint: the page's text stays readable on it, light and dark.
const STRONGEST: f64 = 0.55;
const WEAKEST: f64 = 0.05;

/// One cell.
pub(super) struct HeatCell {
    /// −1 … 1: how strong the tint is; below 0 in the second colour. `None` draws no tint.
    pub strength: Option<f64>,
    /// Written in the cell.
    pub text: String,
    /// Read out and shown on hover.
    pub hint: String,
}

/// How large cells are, in units of the drawing.
#[derive(Clone, Copy)]
pub(super) struct HeatLook {
    pub cell_width: f64,
    pub cell_height: f64,
    pub label_width: f64,
    /// Slanted column labels take this much height; 0 writes them level.
    pub slanted: f64,
}

/// A heat map; `cells[row][column]`, rows may be shorter than the columns. `legend` names what the ends of the scale mean.
pub(super) fn heat_map(
    title: &str,
    (rows, columns): (&[String], &[String]),
    cells: &[Vec<HeatCell>],
    legend: &[(f64, String)],
    look: HeatLook,
) -> String {
    let head = if look.slanted > 0.0 { look.slanted } else { 18.0 };
    let width = look.label_width + columns.len() as f64 * look.cell_width + look.slanted * 0.7;
    let height = head + rows.len() as f64 * look.cell_height + 26.0;
    let mut body = String::new();
    for (place, label) in columns.iter().enumerate() {
        column_label(
            &mut body,
            label,
            look.label_width + (place as f64 + 0.5) * look.cell_width,
            head,
            look,
        );
    }
    for (row, (label, cells)) in rows.iter().zip(cells).enumerate() {
        let top = head + row as f64 * look.cell_height;
        let middle = top + look.cell_height / 2.0 + 4.0;
        // Writing to a String cannot fail.
        let _ = write!(
            body,
            "<text x=\"{:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>",
            look.label_width - 6.0,
            escape(label)
        );
        for (column, cell) in cells.iter().enumerate() {
            let left = look.label_width + column as f64 * look.cell_width;
            draw_cell(&mut body, cell, (left, top), look);
        }
    }
    draw_legend(&mut body, legend, (look.label_width, height - 16.0));
    format!(
        "<figure class=\"heat\"><figcaption>{}</figcaption><svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         aria-label=\"{}\" style=\"max-width:{width:.0}px\">{body}</svg></figure>",
        escape(title),
        escape(title)
    )
}

fn column_label(body: &mut String, label: &str, x: f64, head: f64, look: HeatLook) {
    let y = head - 5.0;
    let (anchor, turn) = if look.slanted > 0.0 {
        ("start", format!(" transform=\"rotate(-45 {x:.1} {y:.1})\""))
    } else {
        ("middle", String::new())
    };
    let _ = write!(
        body,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{turn}>{}</text>",
        escape(label)
    );
}

fn draw_cell(body: &mut String, cell: &HeatCell, (left, top): (f64, f64), look: HeatLook) {
    if let Some(strength) = cell.strength {
        let _ = write!(
            body,
            "<rect class=\"{}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill-opacity=\"{:.2}\">\
             <title>{}</title></rect>",
            class_of(strength),
            look.cell_width - 1.0,
            look.cell_height - 1.0,
            opacity(strength),
            escape(&cell.hint)
        );
    }
    if !cell.text.is_empty() {
        let _ = write!(
            body,
            "<text class=\"strong\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            left + look.cell_width / 2.0,
            top + look.cell_height / 2.0 + 4.0,
            escape(&cell.text)
        );
    }
}

fn class_of(strength: f64) -> &'static str {
    if strength < 0.0 { "f" } else { "a" }
}

fn opacity(strength: f64) -> f64 {
    WEAKEST + (STRONGEST - WEAKEST) * strength.abs().min(1.0)
}

fn draw_legend(body: &mut String, legend: &[(f64, String)], (mut left, top): (f64, f64)) {
    for (strength, label) in legend {
        let _ = write!(
            body,
            "<rect class=\"{}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"14\" height=\"12\" fill-opacity=\"{:.2}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            class_of(*strength),
            opacity(*strength),
            left + 19.0,
            top + 10.0,
            escape(label)
        );
        // Letters of Han are twice as wide.
        let letters: f64 = label
            .chars()
            .map(|letter| if letter.is_ascii() { 6.2 } else { 11.5 })
            .sum();
        left += 34.0 + letters;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_carry_numbers_and_data_cannot_become_markup() {
        let cell = |strength| HeatCell {
            strength: Some(strength),
            text: "<1>".to_owned(),
            hint: "a & b".to_owned(),
        };
        let look = HeatLook {
            cell_width: 30.0,
            cell_height: 20.0,
            label_width: 60.0,
            slanted: 40.0,
        };
        let names = ["x\"y".to_owned()];
        let svg = heat_map(
            "t",
            (&names, &names),
            &[vec![cell(-2.0)]],
            &[(1.0, "most".to_owned())],
            look,
        );
        assert!(svg.contains("&lt;1&gt;") && svg.contains("a &amp; b") && svg.contains("x&quot;y"));
        assert!(svg.contains("class=\"f\"") && svg.contains("fill-opacity=\"0.55\""));
    }
}
