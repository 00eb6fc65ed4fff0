//! Condition text → tokens with their positions.

use super::ConditionError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A bare word: keyword or column name.
    Word(String),
    /// A name between backticks: always a column.
    Name(String),
    Text(String),
    Number(f64, String),
    Symbol(&'static str),
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spanned {
    pub token: Token,
    /// 1-based character.
    pub at: usize,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, ConditionError> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(&c) = chars.get(next) {
        if c.is_whitespace() {
            next += 1;
            continue;
        }
        let at = next + 1;
        let (token, end) = token_at(&chars, next, c)?;
        found.push(Spanned { token, at });
        next = end;
    }
    found.push(Spanned {
        token: Token::End,
        at: chars.len() + 1,
    });
    Ok(found)
}

fn token_at(chars: &[char], start: usize, first: char) -> Result<(Token, usize), ConditionError> {
    if let Some((symbol, length)) = symbol_at(chars, start) {
        return Ok((Token::Symbol(symbol), start + length));
    }
    match first {
        '"' | '\'' | '“' | '”' | '‘' | '’' | '`' => quoted(chars, start, first),
        '0'..='9' | '.' | '-' | '+' => number(chars, start),
        c if c.is_alphabetic() || c == '_' => {
            let end = word_end(chars, start);
            Ok((Token::Word(chars[start..end].iter().collect()), end))
        }
        c => Err(ConditionError::new(
            start + 1,
            format!("`{c}` is not understood here; names with unusual characters go between backticks"),
            format!("此处无法识别 `{c}`；含特殊字符的列名请放在反引号之间"),
        )),
    }
}

fn symbol_at(chars: &[char], start: usize) -> Option<(&'static str, usize)> {
    let pair = (chars[start], chars.get(start + 1).copied().unwrap_or(' '));
    Some(match pair {
        ('=', '=') => ("=", 2),
        ('!', '=') | ('<', '>') => ("!=", 2),
        ('<', '=') => ("<=", 2),
        ('>', '=') => (">=", 2),
        ('&', '&') => ("and", 2),
        ('|', '|') => ("or", 2),
        ('=', _) => ("=", 1),
        ('≠', _) => ("!=", 1),
        ('≤', _) => ("<=", 1),
        ('≥', _) => (">=", 1),
        ('<' | '＜', _) => ("<", 1),
        ('>' | '＞', _) => (">", 1),
        ('!', _) => ("not", 1),
        ('(' | '（', _) => ("(", 1),
        (')' | '）', _) => (")", 1),
        (',' | '，', _) => (",", 1),
        _ => return None,
    })
}

/// A quoted text or a backticked name; the quotation mark is doubled or escaped with `\` to stand for itself.
fn quoted(chars: &[char], start: usize, open: char) -> Result<(Token, usize), ConditionError> {
    let closes = |c: char| match open {
        '“' | '”' => matches!(c, '“' | '”'),
        '‘' | '’' => matches!(c, '‘' | '’'),
        _ => c == open,
    };
    let mut text = String::new();
    let mut next = start + 1;
    while let Some(&c) = chars.get(next) {
        let following = chars.get(next + 1).copied();
        if open != '`' && c == '\\' && following.is_some_and(|f| closes(f) || f == '\\') {
            text.extend(following);
            next += 2;
        } else if closes(c) && following == Some(c) && matches!(open, '"' | '\'' | '`') {
            text.push(c);
            next += 2;
        } else if closes(c) {
            let token = if open == '`' {
                Token::Name(text)
            } else {
                Token::Text(text)
            };
            return Ok((token, next + 1));
        } else {
            text.push(c);
            next += 1;
        }
    }
    Err(ConditionError::new(
        start + 1,
        format!("the text starting with {open} is not closed"),
        format!("以 {open} 开头的文本没有结束引号"),
    ))
}

fn number(chars: &[char], start: usize) -> Result<(Token, usize), ConditionError> {
    let mut end = start + 1;
    while let Some(&c) = chars.get(end) {
        let exponent_sign = matches!(c, '+' | '-') && matches!(chars[end - 1], 'e' | 'E');
        if !(c.is_alphanumeric() || c == '.' || c == '_' || exponent_sign) {
            break;
        }
        end += 1;
    }
    let text: String = chars[start..end].iter().collect();
    match text.replace('_', "").parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value, text.replace('_', "")), end)),
        _ => Err(ConditionError::new(
            start + 1,
            format!("`{text}` is not a number; put texts and times between quotation marks"),
            format!("`{text}` 不是数字；文本和时间请放在引号之间"),
        )),
    }
}

fn word_end(chars: &[char], start: usize) -> usize {
    let part = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '#');
    start + chars[start..].iter().take_while(|c| part(c)).count()
}
