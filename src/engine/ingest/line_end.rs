//! What ends the lines of a text: LF, CRLF or CR.

use super::dataset::{Decision, ReadingPart};
use super::options::LineEnding;
use super::roles::grouped;

/// What the user chose.
pub(super) fn chosen(chosen: LineEnding, evidence: &mut Vec<Decision>) -> (u8, &'static str) {
    let shown = chosen.name().to_uppercase();
    evidence.push(Decision::set(
        ReadingPart::LineEnding,
        format!("Lines end with {shown}: set by you"),
        format!("换行符为 {shown}：由您设定"),
    ));
    let newline = if chosen == LineEnding::Cr { b'\r' } else { b'\n' };
    (newline, chosen.name())
}

/// What most line ends outside quotes are.
pub(super) fn detect(sample: &[u8], quote: Option<u8>, evidence: &mut Vec<Decision>) -> (u8, &'static str) {
    let (feeds, returns, pairs) = match count(sample, quote) {
        // All between quotes: a lone quote is no enclosure.
        (0, 0, _) => count(sample, None),
        counts => counts,
    };
    let [shown_feeds, shown_returns, shown_pairs] = [feeds, returns, pairs].map(grouped);
    let (newline, name, (en, zh)) = if returns > pairs && returns - pairs > feeds * 4 {
        (
            b'\r',
            "cr",
            (
                format!("Lines end with CR: {shown_returns} carriage returns, {shown_feeds} line feeds"),
                format!("换行符为 CR：{shown_returns} 个回车，{shown_feeds} 个换行"),
            ),
        )
    } else if pairs * 2 > feeds {
        (
            b'\n',
            "crlf",
            (
                format!("Lines end with CRLF: {shown_pairs} of {shown_feeds} line feeds follow a carriage return"),
                format!("换行符为 CRLF：{shown_feeds} 个换行中有 {shown_pairs} 个跟在回车之后"),
            ),
        )
    } else {
        (
            b'\n',
            "lf",
            (
                format!("Lines end with LF: {shown_pairs} of {shown_feeds} line feeds follow a carriage return"),
                format!("换行符为 LF：{shown_feeds} 个换行中有 {shown_pairs} 个跟在回车之后"),
            ),
        )
    };
    evidence.push(Decision::found(ReadingPart::LineEnding, en, zh));
    (newline, name)
}

/// Line feeds, carriage returns and both together, outside quotes.
fn count(sample: &[u8], quote: Option<u8>) -> (usize, usize, usize) {
    let (mut feeds, mut returns, mut pairs) = (0, 0, 0);
    let mut inside = false;
    for at in memchr::memchr3_iter(b'\n', b'\r', quote.unwrap_or(b'\n'), sample) {
        match sample[at] {
            byte if Some(byte) == quote => inside = !inside,
            _ if inside => {}
            b'\r' => returns += 1,
            _ => {
                feeds += 1;
                pairs += usize::from(at > 0 && sample[at - 1] == b'\r');
            }
        }
    }
    (feeds, returns, pairs)
}
