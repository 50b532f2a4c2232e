//! A list of addresses is a text: an address or a range a line, what follows a `#` is a remark.

use ipnet::IpNet;

/// As much of a line is told.
const TOLD_CHARACTERS_MAX: usize = 64;

/// The ranges of a list; or the first line that is none, and its number.
// SECURITY: one line that nobody can read spoils the list; left out, a deny list would have a hole.
pub(super) fn parse(text: &str) -> Result<Vec<IpNet>, (usize, String)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default().trim()));
    let ranges = lines.filter(|(_, line)| !line.is_empty()).map(|(at, line)| {
        let range = line.parse().or_else(|_| line.parse().map(|address: std::net::IpAddr| IpNet::from(address)));
        range.map_err(|_| (at, line.chars().take(TOLD_CHARACTERS_MAX).collect::<String>().escape_debug().to_string()))
    });
    ranges.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_addresses_ranges_and_remarks() {
        let ranges = parse("# mine\n192.0.2.1\n\n198.51.100.0/24 # yours\n  2001:db8::/32\n").expect("a list");
        let texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["192.0.2.1/32", "198.51.100.0/24", "2001:db8::/32"]);
        assert!(parse("").expect("an empty list").is_empty());
    }

    #[test]
    fn one_line_that_cannot_be_read_spoils_the_list() {
        for (text, line) in
            [("192.0.2.1\n192.0.2.300", 2), ("a.example", 1), ("192.0.2.0/33", 1), ("1.2.3.4 5.6.7.8", 1)]
        {
            assert_eq!(parse(text).expect_err("no list").0, line, "{text}");
        }
    }

    #[test]
    fn what_is_told_of_a_line_is_short_and_plain() {
        let (_, told) = parse(&format!("\u{1b}[2J{}", "x".repeat(1_000_000))).expect_err("no list");
        assert!(told.starts_with("\\u{1b}[2J"), "{told}");
        assert!(told.len() < 100);
    }
}
