//! Which segments are on the disk for certain: the others are looked through when a node starts.
//!
//! The system writes files back by itself within half a minute or so. A segment that is synced as soon as it ends makes whoever
//! writes do that work at once, on the core that answers requests; synced a minute later it is there already.

use super::catalog::Catalog;
use super::files::{self, Folder, Number, Part, Trouble};
use super::tail::Tail;

/// The file that names the last segment up to which all are on the disk.
const MARK: &str = "settled";

/// The last segment up to which all are on the disk; 0 where nothing says so.
fn settled(folder: &Folder) -> Number {
    std::fs::read_to_string(folder.path().join(MARK)).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Opens the newest segment, or makes the first, and cuts those to what is whole that a loss of power may have torn.
pub(super) fn open(folder: &Folder, numbers: &[Number]) -> Result<Tail, Trouble> {
    folder.sweep(numbers)?;
    let settled = settled(folder);
    let (newest, older) = numbers.split_last().map_or((None, numbers), |(newest, older)| (Some(*newest), older));
    for number in older.iter().filter(|number| **number > settled) {
        Tail::open(folder.clone(), Some(*number))?;
    }
    Tail::open(folder.clone(), newest)
}

/// Sees to it that all segments but the newest are on the disk, and notes it.
pub(super) fn settle(catalog: &Catalog) -> Result<(), Trouble> {
    let folder = catalog.folder();
    let (settled, numbers) = (settled(folder), folder.numbers()?);
    let finished = numbers.split_last().map_or(&[][..], |(_, finished)| finished);
    let Some(last) = finished.last().filter(|last| **last > settled) else { return Ok(()) };
    for number in finished.iter().filter(|number| **number > settled) {
        for part in [Part::Blocks, Part::Index] {
            let file = folder.open(*number, part)?;
            file.sync_data().map_err(|source| Trouble::System { file: folder.file(*number, part), source })?;
        }
    }
    files::replace(&folder.path().join(MARK), last.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::testing::{block, names};

    /// Three segments of two appends each.
    fn three(dir: &std::path::Path) -> (Folder, Catalog) {
        let folder = Folder::new(dir.to_owned());
        let mut tail = open(&folder, &[]).unwrap();
        for segment in 0..3 {
            if segment > 0 {
                tail.turn().unwrap();
            }
            for name in ["one", "two"] {
                tail.append(&[block(name, segment, segment)], || ()).unwrap();
            }
        }
        let catalog = Catalog::new(folder.clone(), &folder.numbers().unwrap());
        (folder, catalog)
    }

    fn tear(folder: &Folder, number: Number) {
        let file = folder.open(number, Part::Index).unwrap();
        file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    }

    #[test]
    fn what_a_loss_of_power_tore_is_cut_to_what_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = three(dir.path());
        for number in [1, 2, 3] {
            tear(&folder, number);
        }
        open(&folder, &folder.numbers().unwrap()).unwrap();
        for number in [1, 2, 3] {
            assert_eq!(names(&folder, number), ["one"]);
        }
        let catalog = Catalog::new(folder.clone(), &folder.numbers().unwrap());
        assert_eq!(catalog.segments().unwrap().len(), 3, "all are readable");
    }

    #[test]
    fn what_a_dead_process_left_of_a_segment_is_swept_away() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = three(dir.path());
        // It died while it removed the first, and before it had begun the fourth.
        std::fs::remove_file(folder.file(1, Part::Index)).unwrap();
        std::fs::write(folder.file(4, Part::Blocks), "begun").unwrap();
        std::fs::write(dir.path().join("of somebody else"), "").unwrap();
        open(&folder, &folder.numbers().unwrap()).unwrap();
        for (number, there) in [(1, false), (2, true), (3, true), (4, false)] {
            assert_eq!(folder.file(number, Part::Blocks).exists(), there, "{number}");
        }
        assert!(dir.path().join("of somebody else").exists());
    }

    #[test]
    fn what_is_on_the_disk_is_not_looked_through_again() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, catalog) = three(dir.path());
        settle(&catalog).unwrap();
        assert_eq!(settled(&folder), 2);
        for number in [1, 2, 3] {
            tear(&folder, number);
        }
        open(&folder, &folder.numbers().unwrap()).unwrap();
        let catalog = Catalog::new(folder.clone(), &[1]);
        let segments = catalog.segments().unwrap();
        let [(1, end, known)] = &segments[..] else { panic!("{segments:?}") };
        assert!(known.damaged, "left as it was");
        let index = catalog.index(1, *end, known.gone.clone()).unwrap().unwrap();
        assert!(matches!(index.heads(|_| true), Err(Trouble::Damaged { .. })), "and said");
        assert_eq!(names(&folder, 3), ["one"]);
        settle(&catalog).unwrap();
        assert_eq!(settled(&folder), 2);
    }
}
