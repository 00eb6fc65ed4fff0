//! The HTML page: skeleton, style, escaping.

use super::ReportLanguage;
use std::fmt::Write as _;

/// Makes a text safe between tags and inside attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters are not allowed in HTML and would hide what the cell holds.
            other if other.is_control() && other != '\n' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// A page that grows section by section.
pub struct Page {
    body: String,
    language: ReportLanguage,
    title: String,
}

impl Page {
    pub fn new(language: ReportLanguage, title: &str) -> Self {
        Self {
            body: String::new(),
            language,
            title: title.to_owned(),
        }
    }

    pub fn language(&self) -> ReportLanguage {
        self.language
    }

    /// Appends markup that is already safe.
    pub fn push(&mut self, html: &str) {
        self.body.push_str(html);
        self.body.push('\n');
    }

    /// The title at the top with one line of facts.
    pub fn title(&mut self, title: &str, facts: &str) {
        self.push(&format!(
            "<h1>{}</h1><p class=\"facts\">{}</p>",
            escape(title),
            escape(facts)
        ));
    }

    /// A heading of the largest kind inside a page of several results, with a name to link to.
    pub fn part(&mut self, id: &str, title: &str) {
        self.push(&format!(
            "<h1 class=\"part\" id=\"{}\">{}</h1>",
            escape(id),
            escape(title)
        ));
    }

    /// Headline figures: name, value, a few words below.
    pub fn cards(&mut self, cards: &[(String, String, String)]) {
        let card = |(name, value, below): &(String, String, String)| {
            format!(
                "<div class=\"card\"><span class=\"quiet\">{}</span><b>{}</b><span class=\"quiet small\">{}</span></div>",
                escape(name),
                escape(value),
                escape(below)
            )
        };
        let html: String = cards.iter().map(card).collect();
        self.push(&format!("<div class=\"cards\">{html}</div>"));
    }

    /// The answer in one sentence with its reasons.
    pub fn verdict(&mut self, headline: &str, reasons: &[String]) {
        let reasons: Vec<String> = reasons.iter().map(|reason| escape(reason)).collect();
        self.push(&format!(
            "<section class=\"verdict\"><h2>{}</h2><p class=\"quiet\">{}</p></section>",
            escape(headline),
            reasons.join(" · ")
        ));
    }

    /// Figures side by side; empty ones are left out.
    pub fn figures(&mut self, figures: &[String]) {
        let shown: String = figures.iter().map(String::as_str).collect();
        if !shown.is_empty() {
            self.push(&format!("<section><div class=\"plots\">{shown}</div></section>"));
        }
    }

    /// Name and value in two columns; both are text.
    pub fn facts(&mut self, rows: &[(String, String)]) {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|(name, value)| vec![format!("<span class=\"quiet\">{}</span>", escape(name)), escape(value)])
            .collect();
        self.table(&[], &rows, &[]);
    }

    /// A heading that starts a section.
    pub fn heading(&mut self, text: &str) {
        self.push(&format!("<h2>{}</h2>", escape(text)));
    }

    /// A table of already safe cells; `right` names the columns of numbers.
    pub fn table(&mut self, head: &[String], rows: &[Vec<String>], right: &[usize]) {
        let class = |place: usize| if right.contains(&place) { " class=\"n\"" } else { "" };
        let mut html = String::from("<div class=\"scroll\"><table>");
        if !head.is_empty() {
            html.push_str("<thead><tr>");
        }
        for (place, cell) in head.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(html, "<th{}>{cell}</th>", class(place));
        }
        html.push_str(if head.is_empty() {
            "<tbody>"
        } else {
            "</tr></thead><tbody>"
        });
        for row in rows {
            html.push_str("<tr>");
            for (place, cell) in row.iter().enumerate() {
                let _ = write!(html, "<td{}>{cell}</td>", class(place));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div>");
        self.push(&html);
    }

    /// The finished document, with what `head` holds before the rest.
    pub fn finish_after(mut self, head: Self) -> String {
        self.body = head.body + &self.body;
        self.finish()
    }

    /// The finished document.
    pub fn finish(self) -> String {
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{}</title><style>{STYLE}</style></head><body><main>\n{}</main></body></html>\n",
            self.language.tag(),
            escape(&self.title),
            self.body
        )
    }
}

const STYLE: &str = "
:root{--bg:#f5f4f0;--card:#fff;--raised:#efede7;--line:#ddd9d0;--text:#1c1f24;--text2:#545b66;--gold:#8f6400;
--tint:#f3e6c6;--ok:#1f7f45;--warn:#8f6400;--bad:#b93228;--info:#1f6fb2;--s1:#1f6fb2;--s2:#b85a0c;
--s3:#15795a;--s4:#7346ae;--s5:#b93228;--s6:#8a7400;--s7:#0e7a82;--s8:#a83b72}
@media(prefers-color-scheme:dark){:root{--bg:#121417;--card:#1f232a;--raised:#272c35;--line:#2d333d;--text:#ecedef;
--text2:#a9b0bc;--gold:#e3b34c;--tint:#3a3020;--ok:#4cbf7a;--warn:#e6b450;--bad:#e7675c;--info:#5ba8e5;--s1:#5ba8e5;--s2:#f0954a;
--s3:#49be93;--s4:#b48be0;--s5:#e7675c;--s6:#e2c650;--s7:#3ec0c8;--s8:#e68ab4}}
@media print{:root{--bg:#fff;--card:#fff;--raised:#efede7;--line:#ccc;--text:#000;--text2:#444;--gold:#8f6400;--tint:#f3e6c6;
--ok:#1f7f45;--warn:#8f6400;--bad:#b93228;--info:#1f6fb2;--s1:#1f6fb2;--s2:#b85a0c;
--s3:#15795a;--s4:#7346ae;--s5:#b93228;--s6:#8a7400;--s7:#0e7a82;--s8:#a83b72}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}body{font-size:11px}h1.part{break-before:page}nav{display:none}
tr,figure{break-inside:avoid}h2,h3,h3+.quiet{break-after:avoid}
section,.card{break-inside:avoid}main{max-width:none;padding:0}
.scroll{overflow:visible}table{font-size:9px}th{white-space:normal}th,td{padding:3px 4px;overflow-wrap:anywhere}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif}
main{max-width:1120px;margin:0 auto;padding:28px 24px 60px}
h1{font-size:24px;font-weight:600;margin:0}h2{font-size:18px;font-weight:600;margin:34px 0 10px}h3{font-size:15px;font-weight:600;margin:0}
main>h3{margin:20px 0 4px}p{margin:6px 0}.facts,.quiet{color:var(--text2)}a{color:var(--info)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(138px,1fr));gap:12px;margin:16px 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
.card b{display:block;font-size:22px;overflow-wrap:anywhere;font-weight:500;font-variant-numeric:tabular-nums}
.bar{height:4px;border-radius:2px;background:var(--raised);margin-top:8px}.bar i{display:block;height:4px;border-radius:2px}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px;margin:12px 0}
.head{display:flex;flex-wrap:wrap;gap:10px;align-items:center}.chip{background:var(--raised);border-radius:10px;padding:1px 9px;font-size:12px;color:var(--text2)}td .chip{white-space:nowrap}
.error{color:var(--bad)}.warning{color:var(--warn)}.info{color:var(--info)}.ok{color:var(--ok)}
.plots{display:flex;flex-wrap:wrap;gap:18px;margin:10px 0}.plots figure{margin:0;flex:1 1 420px;max-width:540px}figcaption{font-size:12px;color:var(--text2)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:4px 8px;margin:8px 0}
section .scroll{border:0;padding:0;margin:4px 0}table{border-collapse:collapse;font-size:12.5px;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:500;color:var(--text2);border-bottom:1px solid var(--line);padding:4px 8px;white-space:nowrap}
td{border-bottom:1px solid var(--line);padding:4px 8px;max-width:320px;overflow-wrap:break-word}tbody tr:last-child td{border-bottom:0}.n{text-align:right;white-space:nowrap}
td i{color:var(--text2)}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:18px}
.plots figure.heat{flex:1 1 420px;max-width:none}svg{width:100%;height:auto;display:block}svg text{font:11px system-ui,sans-serif;fill:var(--text2)}
.g{stroke:var(--line);stroke-width:1}.a{fill:var(--s1)}.f{fill:var(--s2)}.la{stroke:var(--s1);fill:none;stroke-width:1.6}
.lf{stroke:var(--s2);fill:none;stroke-width:1.6}.t{stroke:var(--bad);stroke-width:1;stroke-dasharray:4 3}
h1.part{font-size:22px;margin:54px 0 2px;padding-top:18px;border-top:1px solid var(--line)}
.verdict{border-left:4px solid var(--gold)}.verdict h2{margin:0}.small{font-size:12px}.state{white-space:nowrap}.card .small{display:block}
nav{display:flex;flex-wrap:wrap;gap:6px 16px;margin:14px 0}nav a{text-decoration:none}
[class^=l]{fill:none;stroke-width:1.8}.dash{stroke-dasharray:5 4}.faint{opacity:.35;stroke-width:1}.w{stroke-width:2.6}
.l0{stroke:var(--s1)}.f0{fill:var(--s1)}.b0{fill:var(--s1);opacity:.16}.l1{stroke:var(--s2)}.f1{fill:var(--s2)}.b1{fill:var(--s2);opacity:.16}
.l2{stroke:var(--s3)}.f2{fill:var(--s3)}.b2{fill:var(--s3);opacity:.16}.l3{stroke:var(--s4)}.f3{fill:var(--s4)}.b3{fill:var(--s4);opacity:.16}
.l4{stroke:var(--s5)}.f4{fill:var(--s5)}.b4{fill:var(--s5);opacity:.16}.l5{stroke:var(--s6)}.f5{fill:var(--s6)}.b5{fill:var(--s6);opacity:.16}
.l6{stroke:var(--s7)}.f6{fill:var(--s7)}.b6{fill:var(--s7);opacity:.16}.l7{stroke:var(--s8)}.f7{fill:var(--s8)}.b7{fill:var(--s8);opacity:.16}
.z{stroke:var(--text2);stroke-width:1;stroke-dasharray:2 3}.m{stroke:var(--gold);stroke-width:1.2;stroke-dasharray:2 3}
.edge{fill:none;stroke:var(--text2);stroke-width:1;opacity:.6}.node{fill:var(--raised);stroke:var(--line)}svg text.strong{fill:var(--text)}
svg text.gold{fill:var(--gold)}svg.row{width:220px;height:20px;min-width:160px}.gold{color:var(--gold)}
.meter{display:inline-block;width:90px;height:5px;border-radius:3px;background:var(--raised);vertical-align:middle}
.meter i{display:block;height:5px;border-radius:3px;background:var(--s1)}pre{font:12px ui-monospace,monospace;white-space:pre-wrap;margin:4px 0}
.fix{border:1px solid var(--gold);color:var(--gold);border-radius:6px;padding:3px 10px;font-size:12.5px;display:inline-block}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_become_markup() {
        assert_eq!(
            escape("<b a='1'>&\"\u{7}"),
            "&lt;b a=&#39;1&#39;&gt;&amp;&quot;\u{fffd}"
        );
        let page = Page::new(ReportLanguage::English, "</title><script>");
        assert!(!page.finish().contains("<script>"));
    }
}
