//! Whose connection it is: the kernel's table of sockets names the user of each.

use std::net::SocketAddr;

/// How often the table is read for a socket that is not in it: sockets that come and go while it is read make it pass over
/// others.
const LOOKS_MAX: usize = 5;

/// Whether the socket on this machine that is connected from `from` to `to` belongs to a user.
pub(super) fn belongs_to(from: SocketAddr, to: SocketAddr, owner: u32) -> bool {
    let look = || std::fs::read_to_string("/proc/net/tcp").ok().and_then(|table| user_of(&table, from, to));
    (0..LOOKS_MAX).find_map(|_| look()) == Some(owner)
}

/// The user of the socket between these two addresses, the first one its own (`proc_pid_net(5)`). Its own address does not
/// name it alone: one that was closed before may wait there, and then it is nobody's.
fn user_of(table: &str, own: SocketAddr, other: SocketAddr) -> Option<u32> {
    let (own, other) = (written(own)?, written(other)?);
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let is_it = fields.next()? == own && fields.next()? == other;
        let user = is_it.then(|| fields.nth(4))??;
        user.parse().ok()
    })
}

/// As the table writes addresses.
fn written(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else { return None };
    Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
        0: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n   \
        1: 0100007F:9C40 0100007F:01BB 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000\n   \
        2: 0100007F:9C40 0100007F:2329 01 00000000:00000000 00:00000000 00000000  4242        0 2 1 0 20 4 30 10 -1\n";

    #[test]
    #[cfg(target_endian = "little")]
    fn a_connection_is_its_users_and_nobody_elses() {
        for (own, other, user) in [
            ("127.0.0.1:40000", "127.0.0.1:9001", Some(4242)),
            ("127.0.0.1:40000", "127.0.0.1:443", Some(0)),
            ("127.0.0.1:40000", "127.0.0.1:9002", None),
            ("127.0.0.1:9001", "127.0.0.1:40000", None),
            ("127.0.0.2:40000", "127.0.0.1:9001", None),
            ("[::1]:40000", "[::1]:9001", None),
        ] {
            let (from, to) = (own.parse().expect("an address"), other.parse().expect("an address"));
            assert_eq!(user_of(TABLE, from, to), user, "{own} to {other}");
        }
    }

    #[test]
    fn a_table_that_cannot_be_read_names_nobody() {
        let at = |text: &str| text.parse().expect("an address");
        for table in ["", "x", "x\ny z", "x\n 0: 0100007F:9C40", "x\n 0: 0100007F:9C40 0100007F:2329 01 0 0"] {
            assert_eq!(user_of(table, at("127.0.0.1:40000"), at("127.0.0.1:9001")), None);
        }
    }
}
