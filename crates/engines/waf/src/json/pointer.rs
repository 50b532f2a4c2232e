//! The JSON pointer of a piece, sought only when somebody asks where something matched.

use super::{Piece, Scanner, decode};

/// The pointer of the name or scalar that begins at an offset of the body; `None` where none does.
pub(crate) fn pointer(body: &[u8], offset: usize) -> Option<String> {
    let mut scanner = Scanner::new(body);
    // The names and numbers that lead to the piece, outermost first.
    let mut steps: Vec<Step> = Vec::new();
    while let Some(Ok(piece)) = scanner.advance() {
        match piece {
            Piece::Key(text) => {
                if let Some(Step::Name { start, end }) = steps.last_mut() {
                    (*start, *end) = (text.start, text.end);
                }
                if text.start == offset {
                    return Some(written(body, &steps));
                }
            }
            Piece::Scalar(text) => {
                count(&mut steps);
                if text.start == offset {
                    return Some(written(body, &steps));
                }
            }
            Piece::OpenObject => {
                count(&mut steps);
                steps.push(Step::Name { start: 0, end: 0 });
            }
            Piece::OpenArray => {
                count(&mut steps);
                steps.push(Step::Items(0));
            }
            Piece::Close => {
                steps.pop();
            }
        }
    }
    None
}

enum Step {
    /// A member, by its name's place.
    Name { start: usize, end: usize },
    /// An item, by how many there were with it.
    Items(usize),
}

fn count(steps: &mut [Step]) {
    if let Some(Step::Items(items)) = steps.last_mut() {
        *items += 1;
    }
}

fn written(body: &[u8], steps: &[Step]) -> String {
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        match step {
            Step::Name { start, end } => {
                let mut name = Vec::new();
                decode(&body[*start..*end], &mut name);
                pointer.push_str(&String::from_utf8_lossy(&name).replace('~', "~0").replace('/', "~1"));
            }
            Step::Items(items) => pointer.push_str(&items.saturating_sub(1).to_string()),
        }
    }
    pointer
}
