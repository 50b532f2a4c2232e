//! Judges values for injections: reads them from the input, each behind its length in four bytes (little-endian), and
//! prints a line for each: the fingerprint of an SQL injection at LOW and at HIGH, and the kind of cross-site scripting;
//! `-` for none.

use std::io::{self, BufWriter, Read, Write};

use waf::injection::{Sensitivity, sqli, xss};

fn main() -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut rest = &input[..];
    while let Some((len, behind)) = rest.split_first_chunk() {
        let len = u32::from_le_bytes(*len) as usize;
        let Some((value, behind)) = behind.split_at_checked(len) else {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a value is shorter than its length says"));
        };
        rest = behind;
        for sensitivity in [Sensitivity::Low, Sensitivity::High] {
            match sqli(value, sensitivity) {
                Some(found) => write!(out, "{}\t", found.fingerprint)?,
                None => write!(out, "-\t")?,
            }
        }
        match xss(value) {
            Some(found) => writeln!(out, "{:?}", found.kind)?,
            None => writeln!(out, "-")?,
        }
    }
    out.flush()
}
