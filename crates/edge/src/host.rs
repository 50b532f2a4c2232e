//! Hosts as requests name them: which are sound, and which are one.

use crate::refusal::FrontEndRefusal;

/// A host as DNS and URLs know it: name or address, perhaps a port; no user, no path, no list.
pub(crate) fn check_host(host: &[u8]) -> Result<(), FrontEndRefusal> {
    // Nothing but a name: most hosts.
    if !host.is_empty() && host.iter().fold(true, |all, byte| all & is_name(*byte)) {
        return Ok(());
    }
    let fits = host.iter().all(|byte| HOST_BYTES[usize::from(*byte)] != HostByte::Unfit);
    let name = std::str::from_utf8(host).map(without_port).unwrap_or_default();
    let bracketed = name.starts_with('[') && name.ends_with(']');
    if name.is_empty() || !fits || (!bracketed && name.contains([':', '[', ']'])) {
        return Err(FrontEndRefusal::InvalidHost);
    }
    Ok(())
}

/// Whether a byte may be part of a name. In comparisons rather than by the table, so that many are looked at at once.
const fn is_name(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter || digit || byte == b'-' || byte == b'.' || byte == b'_'
}

/// What a byte of a host may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HostByte {
    Unfit,
    /// Of a name or an IPv4 address.
    Name,
    /// Before a port, or around and inside an IPv6 address.
    Mark,
}

static HOST_BYTES: [HostByte; 256] = {
    let mut table = [HostByte::Unfit; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if is_name(byte) {
            table[byte as usize] = HostByte::Name;
        } else if matches!(byte, b':' | b'[' | b']') {
            table[byte as usize] = HostByte::Mark;
        }
        byte += 1;
    }
    table
};

/// Whether a host, without its port, is another than the one that the TLS handshake asked for.
pub(crate) fn elsewhere(host: &str, sni: Option<&str>) -> bool {
    sni.is_some_and(|sni| !host.trim_end_matches('.').eq_ignore_ascii_case(sni))
}

/// Whether two authorities are one; a default port may be left out.
pub(crate) fn same_authority(one: &str, two: &str) -> bool {
    let trim = |text: &str| -> String {
        let text = text.strip_suffix(":443").or_else(|| text.strip_suffix(":80")).unwrap_or(text);
        text.to_ascii_lowercase()
    };
    one.eq_ignore_ascii_case(two) || trim(one) == trim(two)
}

/// Cuts the port off an authority; an IPv6 literal keeps its brackets.
pub(crate) fn without_port(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(colon) if authority[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &authority[..colon],
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_cut_off_and_an_address_stays_whole() {
        for (authority, host) in
            [("a.b", "a.b"), ("a.b:8443", "a.b"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("a:", "a")]
        {
            assert_eq!(without_port(authority), host, "{authority}");
        }
    }

    #[test]
    fn a_name_holds_letters_digits_and_three_marks() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_name(byte), byte.is_ascii_alphanumeric() || b"-._".contains(&byte), "{byte}");
        }
    }

    #[test]
    fn a_host_is_elsewhere_unless_the_handshake_asked_for_it() {
        for (host, sni, differs) in [
            ("a.b", None, false),
            ("a.b", Some("a.b"), false),
            ("A.b.", Some("a.b"), false),
            ("xa.b", Some("a.b"), true),
            ("a.b.c", Some("a.b"), true),
            ("", Some("a.b"), true),
        ] {
            assert_eq!(elsewhere(host, sni), differs, "{host} {sni:?}");
        }
    }
}
