//! Building blocks of every page, in the one look.

mod big_table;
mod button;
mod card;
mod columns;
mod finding_plot;
mod forest;
mod form;
mod heat_map;
mod log_rows;
mod mark;
mod mini_histogram;
mod outcome_strip;
mod plot;
mod plot_axes;
mod scaffold;
mod sparkline;
mod table;

pub use big_table::{BigScroll, BigTable, big_table};
pub use button::{link, primary_button, secondary_button, toggle_chip, toned_chip};
pub use card::{Figure, card, card_titled, chip, figure_card, verdict_card};
pub use columns::Columns;
pub use finding_plot::{drawn_note, finding_plot, time_lines};
pub use forest::{ForestScale, forest_cell};
pub use form::{check_box, choice, field, labelled, number_field, path_field, radio};
pub use heat_map::{HeatCell, HeatLook, heat_legend, heat_map};
pub use log_rows::log_rows;
pub use mark::{paint_stage_mark, paint_tone_mark, severity_mark, share_bar, tone_text};
pub use mini_histogram::mini_histogram;
pub use outcome_strip::{BarState, outcome_strip};
pub use plot::{PlotLook, curve, line_plot};
pub use scaffold::{empty_page, fact_lines, failed_page, key_values, loading_page, page_header, stale_note};
pub use sparkline::sparkline;
pub use table::{Column, cell, cell_right, header_cell, table, virtual_rows};
