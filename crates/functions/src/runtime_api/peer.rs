//! Whose connection it is: the kernel's table of sockets names the user of each.

use std::net::SocketAddr;

/// How often the table is read for a socket that is not in it: sockets that come and go while it is read make it pass over
/// others.
const LOOKS_MAX: usize = 5;

/// Whether the socket at `from` on this machine belongs to a user.
pub(super) fn belongs_to(from: SocketAddr, owner: u32) -> bool {
    let look = || std::fs::read_to_string("/proc/net/tcp").ok().and_then(|table| user_of(&table, from));
    (0..LOOKS_MAX).find_map(|_| look()) == Some(owner)
}

/// The user of the socket whose own address this is (`proc_pid_net(5)`).
fn user_of(table: &str, address: SocketAddr) -> Option<u32> {
    let SocketAddr::V4(address) = address else { return None };
    let wanted = format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port());
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let is_it = fields.next()? == wanted;
        let user = fields.nth(5)?.parse().ok()?;
        is_it.then_some(user)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
        0: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n   \
        1: 0100007F:9C40 0100007F:2329 01 00000000:00000000 00:00000000 00000000  4242        0 2 1 0 20 4 30 10 -1\n";

    #[test]
    #[cfg(target_endian = "little")]
    fn a_connection_is_its_users_and_nobody_elses() {
        for (address, user) in [
            ("127.0.0.1:40000", Some(4242)),
            ("127.0.0.1:9001", Some(0)),
            ("127.0.0.2:40000", None),
            ("[::1]:40000", None),
        ] {
            assert_eq!(user_of(TABLE, address.parse().expect("an address")), user, "{address}");
        }
    }

    #[test]
    fn a_table_that_cannot_be_read_names_nobody() {
        for table in ["", "x", "x\ny z", "x\n 0: 0100007F:9C40"] {
            assert_eq!(user_of(table, "127.0.0.1:40000".parse().expect("an address")), None);
        }
    }
}
