//! Tokens → `Condition`, by recursive descent.

use super::lexer::{Spanned, Token, tokens};
use super::{ColumnRef, Comparison, Condition, ConditionError, Literal, LiteralValue, Operand, TextTest};

/// Deeper nesting is refused so that no input can exhaust the stack.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Condition, ConditionError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
    };
    if parser.peek() == &Token::End {
        return Err(ConditionError::new(
            1,
            "the condition is empty; write for example price > 0",
            "条件为空；例如可写 price > 0",
        ));
    }
    let condition = parser.any()?;
    match parser.peek() {
        Token::End => Ok(condition),
        token => Err(parser.unexpected(
            &format!("{} is left over; join tests with and / or", shown(token)),
            &format!("多出了 {}；请用 and / or 连接各个判断", shown(token)),
        )),
    }
}

struct Parser {
    tokens: Vec<Spanned>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next].token
    }

    fn at(&self) -> usize {
        self.tokens[self.next].at
    }

    fn take(&mut self) -> Spanned {
        let spanned = self.tokens[self.next].clone();
        if self.next + 1 < self.tokens.len() {
            self.next += 1;
        }
        spanned
    }

    fn unexpected(&self, en: &str, zh: &str) -> ConditionError {
        ConditionError::new(self.at(), en, zh)
    }

    /// Takes the next token if it is this symbol or, in any case, this keyword.
    fn accept(&mut self, word: &str) -> bool {
        let matches = match self.peek() {
            Token::Symbol(symbol) => *symbol == word,
            Token::Word(text) => text.eq_ignore_ascii_case(word),
            _ => false,
        };
        if matches {
            self.take();
        }
        matches
    }

    fn expect(&mut self, word: &str) -> Result<(), ConditionError> {
        if self.accept(word) {
            return Ok(());
        }
        let found = shown(self.peek());
        Err(self.unexpected(
            &format!("`{word}` is expected, not {found}"),
            &format!("此处应为 `{word}`，而不是 {found}"),
        ))
    }

    fn any(&mut self) -> Result<Condition, ConditionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected("the condition is nested too deeply", "条件嵌套过深"));
        }
        let mut parts = vec![self.all()?];
        while self.accept("or") {
            parts.push(self.all()?);
        }
        self.depth -= 1;
        Ok(single_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.one()?];
        while self.accept("and") {
            parts.push(self.one()?);
        }
        Ok(single_or(parts, Condition::All))
    }

    fn one(&mut self) -> Result<Condition, ConditionError> {
        if self.accept("not") {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(self.unexpected("the condition is nested too deeply", "条件嵌套过深"));
            }
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.accept("(") {
            let inner = self.any()?;
            self.expect(")")?;
            return Ok(inner);
        }
        self.test()
    }

    fn test(&mut self) -> Result<Condition, ConditionError> {
        let left = self.operand()?;
        if let Some(op) = self.comparison() {
            let right = self.operand()?;
            if let (Operand::Literal(literal), Operand::Literal(_)) = (&left, &right) {
                return Err(no_column(literal));
            }
            return Ok(Condition::Compare { left, op, right });
        }
        let column = match left {
            Operand::Column(column) => column,
            Operand::Literal(literal) => return Err(no_column(&literal)),
        };
        if self.accept("is") {
            let negated = self.accept("not");
            self.expect("null")?;
            return Ok(negate_if(negated, Condition::IsNull(column)));
        }
        let negated = self.accept("not");
        if self.accept("in") {
            let values = self.list()?;
            return Ok(negate_if(negated, Condition::In { column, values }));
        }
        if self.accept("between") {
            return Ok(negate_if(negated, self.between(column)?));
        }
        if let Some(op) = self.text_test() {
            let at = self.at();
            let pattern = self.pattern()?;
            let test = Condition::Text {
                column,
                op,
                pattern,
                at,
            };
            return Ok(negate_if(negated, test));
        }
        if negated || !self.test_may_end() {
            let found = shown(self.peek());
            return Err(self.unexpected(
                &format!(
                    "a comparison (=, <, in, contains, is null, …) is expected after `{}`, not {found}",
                    column.name
                ),
                &format!(
                    "`{}` 之后应为比较（=、<、in、contains、is null 等），而不是 {found}",
                    column.name
                ),
            ));
        }
        Ok(Condition::IsTrue(column))
    }

    fn test_may_end(&self) -> bool {
        match self.peek() {
            Token::End => true,
            Token::Symbol(symbol) => matches!(*symbol, ")" | "and" | "or"),
            Token::Word(word) => word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or"),
            _ => false,
        }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let op = match self.peek() {
            Token::Symbol("=") => Comparison::Equal,
            Token::Symbol("!=") => Comparison::NotEqual,
            Token::Symbol("<") => Comparison::Less,
            Token::Symbol("<=") => Comparison::LessOrEqual,
            Token::Symbol(">") => Comparison::Greater,
            Token::Symbol(">=") => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.take();
        Some(op)
    }

    fn text_test(&mut self) -> Option<TextTest> {
        let Token::Word(word) = self.peek() else { return None };
        let op = match word.to_ascii_lowercase().as_str() {
            "contains" => TextTest::Contains,
            "starts_with" | "startswith" => TextTest::StartsWith,
            "ends_with" | "endswith" => TextTest::EndsWith,
            "matches" => TextTest::Matches,
            _ => return None,
        };
        self.take();
        Some(op)
    }

    fn between(&mut self, column: ColumnRef) -> Result<Condition, ConditionError> {
        let low = self.literal()?;
        self.expect("and")?;
        let high = self.literal()?;
        let side = |op, literal| Condition::Compare {
            left: Operand::Column(column.clone()),
            op,
            right: Operand::Literal(literal),
        };
        Ok(Condition::All(vec![
            side(Comparison::GreaterOrEqual, low),
            side(Comparison::LessOrEqual, high),
        ]))
    }

    fn list(&mut self) -> Result<Vec<Literal>, ConditionError> {
        self.expect("(")?;
        let mut values = vec![self.literal()?];
        while self.accept(",") {
            values.push(self.literal()?);
        }
        self.expect(")")?;
        Ok(values)
    }

    fn pattern(&mut self) -> Result<String, ConditionError> {
        match self.literal()? {
            Literal { text, .. } if !text.is_empty() => Ok(text),
            Literal { at, .. } => Err(ConditionError::new(
                at,
                "the text to look for is empty",
                "要查找的文本为空",
            )),
        }
    }

    fn literal(&mut self) -> Result<Literal, ConditionError> {
        let at = self.at();
        match self.operand()? {
            Operand::Literal(literal) => Ok(literal),
            Operand::Column(column) => Err(ConditionError::new(
                at,
                format!("a value is expected; write \"{}\" if it is a text", column.name),
                format!("此处应为一个值；如果是文本，请写成 \"{}\"", column.name),
            )),
        }
    }

    fn operand(&mut self) -> Result<Operand, ConditionError> {
        let Spanned { token, at } = self.take();
        let literal = |value, text| Ok(Operand::Literal(Literal { value, text, at }));
        match token {
            Token::Name(name) => Ok(Operand::Column(ColumnRef { name, at })),
            Token::Text(text) => literal(LiteralValue::Text, text),
            Token::Number(value, text) => literal(LiteralValue::Number(value), text),
            Token::Word(word) if word.eq_ignore_ascii_case("true") => literal(LiteralValue::Boolean(true), word),
            Token::Word(word) if word.eq_ignore_ascii_case("false") => literal(LiteralValue::Boolean(false), word),
            Token::Word(word) if is_keyword(&word) => Err(ConditionError::new(
                at,
                format!("a column or a value is expected, not `{word}`; a column of that name goes between backticks"),
                format!("此处应为列名或值，而不是 `{word}`；与关键字同名的列请放在反引号之间"),
            )),
            Token::Word(name) => Ok(Operand::Column(ColumnRef { name, at })),
            other => Err(ConditionError::new(
                at,
                format!("a column or a value is expected, not {}", shown(&other)),
                format!("此处应为列名或值，而不是 {}", shown(&other)),
            )),
        }
    }
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "is", "null", "between", "contains", "matches"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}

fn single_or(mut parts: Vec<Condition>, join: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn negate_if(negated: bool, condition: Condition) -> Condition {
    if negated {
        Condition::Not(Box::new(condition))
    } else {
        condition
    }
}

fn no_column(literal: &Literal) -> ConditionError {
    ConditionError::new(
        literal.at,
        format!(
            "a test needs a column; if `{0}` is one, write it without quotation marks or as `{0}` between backticks",
            literal.text
        ),
        format!(
            "判断中需要列名；如果 `{0}` 是列，请去掉引号或放在反引号之间",
            literal.text
        ),
    )
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(text) | Token::Name(text) | Token::Number(_, text) => format!("`{text}`"),
        Token::Text(text) => format!("\"{text}\""),
        Token::Symbol(symbol) => format!("`{symbol}`"),
        Token::End => "the end / 结尾".to_owned(),
    }
}
