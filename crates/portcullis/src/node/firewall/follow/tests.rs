//! Files that change: good ones count once they are whole, bad ones never do, and what they said before goes on to count.

use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use base::clock::ManualClock;
use base::seal::MasterKey;
use gateway::firewall::Provided;
use gateway::firewall::places::testing::{countries, networks};
use tempfile::TempDir;

use super::super::file::Purpose;
use super::*;

/// A node's list `known`, its databases, and the folder they are in.
struct World {
    dir: TempDir,
    follow: Follow,
}

const LISTED: &str = "192.0.2.1";

impl World {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("known"), LISTED).unwrap();
        fs::write(dir.path().join("geo"), countries(&[("192.0.2.0/24", "DE")])).unwrap();
        fs::write(dir.path().join("asn"), networks(&[("192.0.2.0/24", 64_496)])).unwrap();
        Self::of(dir, "known")
    }

    /// The same for a list of another name in the folder.
    fn of(dir: TempDir, list: &str) -> Self {
        let (mut provided, mut files) = (Provided::default(), Vec::new());
        let purposes =
            [(Purpose::List("known".to_owned()), list), (Purpose::Countries, "geo"), (Purpose::Networks, "asn")];
        for (purpose, name) in purposes {
            let file = File { purpose, path: dir.path().join(name) };
            let (stamp, held) = file.read().unwrap();
            file.purpose.fill(&mut provided, held);
            files.push(Followed::new(file, stamp));
        }
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new("2026-01-02T03:04:05Z".parse().unwrap()));
        let fingerprints = MasterKey::random().fingerprints();
        let firewall = Arc::new(Firewall::new(fingerprints, Arc::clone(&clock), provided));
        Self { dir, follow: Follow { firewall, clock, stale: Stale::default(), files } }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts something in a file's place at once, as whoever writes one should.
    fn replace(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path("new"), bytes).unwrap();
        fs::rename(self.path("new"), self.path(name)).unwrap();
    }

    fn is_listed(&self, address: &str) -> bool {
        self.follow.firewall.provided().lists["known"].contains(address.parse().unwrap())
    }

    fn country(&self, address: &str) -> Option<[u8; 2]> {
        self.follow.firewall.provided().places.country(address.parse().unwrap()).map(|found| found.code)
    }

    /// Looks as often as it takes to see that a file stays as it is.
    fn settle(&mut self) {
        self.follow.look();
        self.follow.look();
    }

    fn stale(&self) -> Vec<String> {
        let stale = self.follow.stale.lock().unwrap();
        stale.iter().map(|file| format!("{}: {}", file.what, file.why)).collect()
    }

    /// What it says of one file, which is the only one that something is wrong with.
    fn complaint(&self) -> String {
        let stale = self.stale();
        let [complaint] = &stale[..] else { panic!("one file is out of order: {stale:?}") };
        complaint.replace(&self.dir.path().display().to_string(), "DIR")
    }
}

#[test]
fn a_file_that_changed_counts_once_it_stays_as_it_is() {
    let mut world = World::new();
    world.settle();
    assert!(world.is_listed(LISTED) && !world.is_listed("198.51.100.1"));
    world.replace("known", "198.51.100.0/24\n");
    world.follow.look();
    assert!(world.is_listed(LISTED), "somebody may still be writing");
    world.follow.look();
    assert!(!world.is_listed(LISTED) && world.is_listed("198.51.100.1"));

    world.replace("geo", countries(&[("192.0.2.0/24", "FR")]));
    world.replace("asn", networks(&[("192.0.2.0/24", 64_497)]));
    world.settle();
    assert_eq!(world.country(LISTED), Some(*b"FR"));
    assert_eq!(world.follow.firewall.provided().places.network(LISTED.parse::<IpAddr>().unwrap()), Some(64_497));
    assert!(world.is_listed("198.51.100.1"), "one file is read, the others stay");
    assert_eq!(world.stale(), [""; 0]);
}

#[test]
fn a_file_that_somebody_writes_bit_by_bit_is_not_read_before_the_end() {
    let mut world = World::new();
    let whole = "198.51.100.0/24\n203.0.113.0/24\n";
    for length in 1..whole.len() {
        fs::write(world.path("known"), &whole[..length]).unwrap();
        world.follow.look();
        assert!(world.is_listed(LISTED), "after {length} bytes");
    }
    fs::write(world.path("known"), whole).unwrap();
    world.settle();
    assert!(world.is_listed("203.0.113.1") && !world.is_listed(LISTED));
}

#[test]
fn what_cannot_be_used_leaves_what_was_read_before_and_is_told() {
    let rubbish: Vec<u8> =
        (0..10_000_000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let half = countries(&[("198.51.100.0/24", "FR")]);
    let cases: [(&str, Vec<u8>, &str); 7] = [
        (
            "known",
            b"198.51.100.1\n198.51.100.300\n".to_vec(),
            "DIR/known: line 2 is no address and no range: `198.51.100.300`",
        ),
        ("known", b"198.51.100.0/2x".to_vec(), "line 1 is no address"),
        ("known", rubbish.clone(), "it is no text"),
        ("known", Vec::new(), "it is empty, and was not"),
        ("geo", rubbish, "the geo database DIR/geo: it is no whole MaxMind database"),
        ("geo", half[..half.len() / 2].to_vec(), "it is no whole MaxMind database"),
        ("geo", networks(&[("192.0.2.0/24", 64_496)]), "it has a country for no address at all"),
    ];
    for (name, bytes, why) in cases {
        let mut world = World::new();
        world.replace(name, &bytes);
        world.settle();
        assert!(world.is_listed(LISTED), "{why}");
        assert_eq!(world.country(LISTED), Some(*b"DE"), "{why}");
        assert!(world.complaint().contains(why), "{}", world.complaint());
        // It is told until the file is mended, and then no more.
        world.settle();
        assert!(world.complaint().contains(why));
        world.replace("known", "198.51.100.0/24");
        world.replace("geo", countries(&[("192.0.2.0/24", "FR")]));
        world.settle();
        assert_eq!(world.stale(), [""; 0]);
        assert!(world.is_listed("198.51.100.1") && world.country(LISTED) == Some(*b"FR"));
    }
}

#[test]
fn a_file_that_is_gone_or_none_is_told_and_counts_as_it_was() {
    let folder: fn(&Path) = |path| fs::create_dir(path).unwrap();
    let pipe: fn(&Path) = |path| {
        rustix::fs::mknodat(
            rustix::fs::CWD,
            path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
    };
    let nothing: fn(&Path) = |_| {};
    let endless: fn(&Path) = |path| symlink("/dev/zero", path).unwrap();
    let circle: fn(&Path) = |path| symlink(path, path).unwrap();
    for (put, why) in [
        (nothing, "it cannot be read: No such file"),
        (folder, "it is no file"),
        (pipe, "it is no file"),
        (endless, "it is no file"),
        (circle, "it cannot be read: Too many levels"),
    ] {
        let mut world = World::new();
        fs::rename(world.path("known"), world.path("away")).unwrap();
        put(&world.path("known"));
        world.settle();
        assert!(world.is_listed(LISTED), "{why}");
        assert!(world.complaint().contains(why), "{}", world.complaint());
    }
}

#[test]
fn a_file_that_comes_back_as_it_was_is_in_order() {
    let mut world = World::new();
    fs::rename(world.path("geo"), world.path("away")).unwrap();
    world.settle();
    assert!(world.complaint().contains("the geo database"));
    fs::rename(world.path("away"), world.path("geo")).unwrap();
    world.settle();
    assert_eq!(world.stale(), [""; 0]);
    assert_eq!(world.country(LISTED), Some(*b"DE"));
}

#[test]
fn a_link_that_points_elsewhere_is_another_file() {
    let dir = TempDir::new().unwrap();
    for (name, list) in [("one", "192.0.2.1"), ("two", "192.0.2.2")] {
        fs::create_dir(dir.path().join(name)).unwrap();
        fs::write(dir.path().join(name).join("list"), list).unwrap();
    }
    fs::write(dir.path().join("geo"), countries(&[("192.0.2.0/24", "DE")])).unwrap();
    fs::write(dir.path().join("asn"), networks(&[("192.0.2.0/24", 64_496)])).unwrap();
    symlink("one", dir.path().join("now")).unwrap();
    let mut world = World::of(dir, "now/list");
    assert!(world.is_listed("192.0.2.1"));
    symlink("two", world.path("next")).unwrap();
    fs::rename(world.path("next"), world.path("now")).unwrap();
    world.settle();
    assert!(world.is_listed("192.0.2.2") && !world.is_listed("192.0.2.1"));
}

#[test]
fn a_list_of_nobody_says_so_in_a_remark() {
    let mut world = World::new();
    world.replace("known", "# nobody\n");
    world.settle();
    assert!(!world.is_listed(LISTED) && world.stale().is_empty(), "it is not empty");
}
