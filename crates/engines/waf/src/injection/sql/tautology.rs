//! Conditions that hold whatever the data is: `OR 1=1`, `AND 'a' LIKE 'a'`, `|| 2*3<7`.

use super::kind::{Kind, Token};

/// Follows a condition from its `OR` on: both sides must be made of literals.
#[derive(Debug, Default)]
pub(super) struct Tautology {
    state: State,
    /// The tokens since the `OR`.
    len: usize,
    /// The value on the left is a string.
    is_text: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Outside,
    /// A value must follow, on the left.
    Left,
    /// A value stands on the left.
    Compared,
    /// `IN` stands behind it, and a parenthesis must follow.
    Listed,
    /// A value must follow, on the right.
    Right,
}

impl Tautology {
    /// Takes the next token; the length of the condition, where it is complete.
    pub(super) fn next(&mut self, token: &Token<'_>) -> Option<usize> {
        self.len += 1;
        self.state = match (self.state, token.kind) {
            (_, Kind::Logic) => {
                self.len = 1;
                State::Left
            }
            (_, Kind::Group) if token.is("HAVING") => {
                self.len = 1;
                State::Left
            }
            (State::Listed, Kind::LeftParen) => State::Right,
            // Signs and parentheses say nothing.
            (state @ (State::Left | State::Right), Kind::LeftParen) => state,
            (state @ (State::Left | State::Right), Kind::Operator) if token.is_unary() => state,
            (State::Left, _) if is_literal(token) => {
                self.is_text = token.kind == Kind::String;
                State::Compared
            }
            (State::Compared, Kind::RightParen) => State::Compared,
            (State::Compared, Kind::Operator) if token.is_arithmetic() => State::Left,
            // People write `and "x" is true` of their programs.
            (State::Compared, Kind::Operator) if token.is("IS") && self.is_text => State::Outside,
            (State::Compared, Kind::Operator) if token.is_any(&COMPARISONS) => State::Right,
            (State::Compared, Kind::Keyword) if token.is("IN") => State::Listed,
            (State::Compared, Kind::Operator) if token.is("NOT") => State::Compared,
            // `OR 1=(SELECT …`: what the data is decides, one bit a request.
            (State::Right, Kind::Expression) if token.is("SELECT") => return Some(self.len),
            // SQLite's `==`.
            (State::Right, Kind::Operator) if token.text == b"=" => State::Right,
            (State::Right, _) if is_literal(token) => return Some(self.len),
            (State::Outside | State::Left | State::Compared | State::Listed | State::Right, _) => State::Outside,
        };
        None
    }
}

const COMPARISONS: [&str; 14] =
    ["=", "<", ">", "<=", ">=", "<>", "!=", "<=>", "LIKE", "RLIKE", "REGEXP", "GLOB", "BETWEEN", "IS"];

/// Whether the token is a value that no column has to give: a number, a string, `NULL`, `@@version`.
fn is_literal(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Number => true,
        // Between the quotes of a list stand commas: `'or', 'and'`.
        Kind::String => {
            token.text.is_empty() || token.text.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
        }
        // `@name` is how people are addressed.
        Kind::Variable => token.is_any(&["NULL", "VERSION", "HOSTNAME", "DATADIR", "CURRENT_USER"]),
        Kind::Keyword
        | Kind::Union
        | Kind::Group
        | Kind::Expression
        | Kind::SqlType
        | Kind::Function
        | Kind::Bareword
        | Kind::Operator
        | Kind::Logic
        | Kind::Comment
        | Kind::Collate
        | Kind::LeftParen
        | Kind::RightParen
        | Kind::LeftBrace
        | Kind::RightBrace
        | Kind::Dot
        | Kind::Comma
        | Kind::Colon
        | Kind::Semicolon
        | Kind::Tsql
        | Kind::Unknown
        | Kind::Evil
        | Kind::Backslash => false,
    }
}
