//! Why a delimiter, quote, escape or preamble was decided on, in words.

use super::super::dataset::{Decision, ReadingPart};
use super::super::options::{QuoteChoice, ReadOptions};
use super::super::records::Format;
use memchr::memchr_iter;

pub(super) fn preamble(lines: u64, width: usize, options: &ReadOptions, evidence: &mut Vec<Decision>) {
    let about = ReadingPart::Preamble;
    if options.preamble_lines.is_some() {
        evidence.push(Decision::set(
            about,
            format!("{lines} lines before the table are skipped: set by you"),
            format!("跳过表前的 {lines} 行：由您设定"),
        ));
    } else if lines > 0 {
        let first = lines + 1;
        evidence.push(Decision::found(
            about,
            format!("{lines} lines before the table are skipped: the first record with {width} filled fields is on line {first}"),
            format!("跳过表前的 {lines} 行：第一条有 {width} 个非空字段的记录在第 {first} 行"),
        ));
    }
}

/// The escape the user chose; the quote itself stands for doubling alone.
pub(super) fn chosen_escape(escape: char, format: &Format, evidence: &mut Vec<Decision>) -> Option<u8> {
    let about = ReadingPart::Escape;
    if format.quote == Some(escape as u8) {
        evidence.push(Decision::set(
            about,
            "Quotes inside fields are doubled: set by you",
            "字段内的引号成对书写：由您设定",
        ));
        return None;
    }
    evidence.push(Decision::set(
        about,
        format!("Escape {escape}: set by you"),
        format!("转义符 {escape}：由您设定"),
    ));
    Some(escape as u8)
}

/// Delimiter and quote.
pub(super) fn format(
    format: &Format,
    (width, share): (usize, f64),
    body: &[u8],
    options: &ReadOptions,
    evidence: &mut Vec<Decision>,
) {
    let delimiter = char::from(format.delimiter);
    evidence.push(match options.delimiter {
        Some(_) => Decision::set(
            ReadingPart::Delimiter,
            format!("Delimiter {delimiter:?}: set by you"),
            format!("分隔符 {delimiter:?}：由您设定"),
        ),
        None => {
            let percent = share * 100.0;
            Decision::found(
                ReadingPart::Delimiter,
                format!("Delimiter {delimiter:?}: with it {percent:.1} % of the sampled records have {width} fields"),
                format!("分隔符 {delimiter:?}：用它拆分时，{percent:.1} % 的样本记录有 {width} 个字段"),
            )
        }
    });
    evidence.push(quote(format, body, options));
    if format.skip_space {
        evidence.push(Decision::found(
            ReadingPart::Delimiter,
            "A space follows each delimiter and does not belong to the field",
            "每个分隔符后有一个空格，不属于字段",
        ));
    }
}

fn quote(format: &Format, body: &[u8], options: &ReadOptions) -> Decision {
    let about = ReadingPart::Quote;
    match (options.quote, format.quote) {
        (QuoteChoice::Detect, Some(quote)) => {
            let starts = |&at: &usize| at == 0 || body[at - 1] == format.delimiter || body[at - 1] == format.newline;
            let fields = memchr_iter(quote, body).filter(starts).count();
            let quote = char::from(quote);
            Decision::found(
                about,
                format!("Quote {quote}: {fields} sampled fields start with it"),
                format!("引号 {quote}：样本中有 {fields} 个字段以它开头"),
            )
        }
        (QuoteChoice::Detect, None) => {
            Decision::found(about, "No quoted field in the sample", "样本中没有带引号的字段")
        }
        (_, Some(quote)) => {
            let quote = char::from(quote);
            Decision::set(
                about,
                format!("Quote {quote}: set by you"),
                format!("引号 {quote}：由您设定"),
            )
        }
        (_, None) => Decision::set(about, "Fields are never quoted: set by you", "字段不使用引号：由您设定"),
    }
}
