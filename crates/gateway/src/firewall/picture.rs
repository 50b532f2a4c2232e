//! The picture of a puzzle: six letters, each turned, shifted and bent by chance, with lines across, as a bitmap.
//!
//! A bitmap of one bit a pixel needs no compression and no library, and every browser shows it.

/// Pixels; a row is a whole number of four bytes, as bitmaps want it.
const WIDTH: usize = 256;
const HEIGHT: usize = 80;
const ROW_BYTES: usize = WIDTH / 8;
/// File header, picture header, two colours.
const HEAD_BYTES: usize = 14 + 40 + 8;

/// The letters' strokes on a grid of 4 by 6, `x` and `y` as digits, strokes apart by a space.
const STROKES: [(u8, &str); 26] = [
    (b'A', "062046 1434"),
    (b'C', "4130101526364645"),
    (b'D', "0006264542200000"),
    (b'E', "40000646 0333"),
    (b'F', "400006 0333"),
    (b'G', "41302010010516364543 2343"),
    (b'H', "0006 4046 0343"),
    (b'J', "4045361605 2040"),
    (b'K', "0006 4003 1346"),
    (b'L', "000646"),
    (b'M', "0600234046"),
    (b'N', "06004640"),
    (b'P', "06003041423303"),
    (b'Q', "301001051636454130 2446"),
    (b'R', "06003041423303 2346"),
    (b'T', "0040 2026"),
    (b'U', "000516364540"),
    (b'V', "002640"),
    (b'W', "0016233640"),
    (b'X', "0046 4006"),
    (b'Y', "002340 2326"),
    (b'3', "003041321342453606"),
    (b'4', "36300444"),
    (b'6', "4010010516364443320304"),
    (b'7', "004016"),
    (b'9', "43130110304146"),
];

/// Draws `letters`; the same `chance` draws the same picture. A Windows bitmap.
pub(super) fn draw(letters: &[u8], chance: u64) -> Vec<u8> {
    let mut sheet = Sheet { bits: vec![0; ROW_BYTES * HEIGHT], chance: Chance(chance | 1) };
    // Room enough for each that a person can tell them apart, and little enough that they touch at times.
    let step = (WIDTH as f32 - 16.0) / letters.len().max(1) as f32;
    for (n, letter) in letters.iter().enumerate() {
        sheet.letter(*letter, 8.0 + step * (n as f32 + 0.5));
    }
    for _ in 0..5 {
        let across = |sheet: &mut Sheet| (sheet.chance.between(4.0, 76.0), sheet.chance.between(4.0, 76.0));
        let (from, to) = across(&mut sheet);
        sheet.line((0.0, from), (WIDTH as f32 - 1.0, to), 0);
    }
    sheet.file()
}

/// A small generator for shapes, not for secrets (xorshift).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        let part = (self.next() >> 40) as f32 / (1u64 << 24) as f32;
        least + (most - least) * part
    }
}

struct Sheet {
    bits: Vec<u8>,
    chance: Chance,
}

impl Sheet {
    /// A letter around a place from the left.
    fn letter(&mut self, letter: u8, across: f32) {
        let Some((_, strokes)) = STROKES.iter().find(|(known, _)| *known == letter) else { return };
        let turn = self.chance.between(-0.32, 0.32);
        let (size, down) = (self.chance.between(5.6, 7.4), self.chance.between(31.0, 49.0));
        let (sin, cos) = turn.sin_cos();
        for stroke in strokes.split(' ') {
            let points: Vec<(f32, f32)> = stroke
                .as_bytes()
                .chunks_exact(2)
                .map(|pair| {
                    let (x, y) = (f32::from(pair[0] - b'0') - 2.0, f32::from(pair[1] - b'0') - 3.0);
                    let (x, y) = (x * cos - y * sin, x * sin + y * cos);
                    let wobble = self.chance.between(-0.12, 0.12);
                    (across + (x + wobble) * size, down + (y - wobble) * size)
                })
                .collect();
            for ends in points.windows(2) {
                self.line(ends[0], ends[1], 1);
            }
        }
    }

    /// A line from one point to another, `1 + thick` pixels wide to each side, bent like everything on the sheet.
    fn line(&mut self, from: (f32, f32), to: (f32, f32), thick: i32) {
        let length = (to.0 - from.0).hypot(to.1 - from.1).max(1.0);
        let steps = (length * 2.0) as usize;
        for step in 0..=steps {
            let part = step as f32 / steps.max(1) as f32;
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            let bent = y + (x / 17.0).sin() * 3.0;
            for (across, along) in (-thick..=thick).flat_map(|dx| (-thick..=thick).map(move |dy| (dx, dy))) {
                self.dot(x as i32 + across, bent as i32 + along);
            }
        }
    }

    fn dot(&mut self, x: i32, y: i32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < WIDTH && y < HEIGHT {
            // A bitmap's rows go from the bottom up.
            self.bits[(HEIGHT - 1 - y) * ROW_BYTES + x / 8] |= 0x80 >> (x % 8);
        }
    }

    fn file(&self) -> Vec<u8> {
        let mut file = Vec::with_capacity(HEAD_BYTES + self.bits.len());
        let word = |file: &mut Vec<u8>, value: usize| file.extend(u32::try_from(value).unwrap_or(0).to_le_bytes());
        file.extend(b"BM");
        word(&mut file, HEAD_BYTES + self.bits.len());
        word(&mut file, 0);
        word(&mut file, HEAD_BYTES);
        word(&mut file, 40);
        word(&mut file, WIDTH);
        word(&mut file, HEIGHT);
        file.extend([1, 0, 1, 0]);
        word(&mut file, 0);
        word(&mut file, self.bits.len());
        for rest in [2835, 2835, 2, 2] {
            word(&mut file, rest);
        }
        file.extend([0xff, 0xff, 0xff, 0, 0x40, 0x28, 0x18, 0]);
        file.extend(&self.bits);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(file: &[u8]) -> u32 {
        file[HEAD_BYTES..].iter().map(|byte| byte.count_ones()).sum()
    }

    #[test]
    fn a_picture_is_a_bitmap_of_the_stated_size() {
        let file = draw(b"ACDEFG", 7);
        assert_eq!(&file[..2], b"BM");
        assert_eq!(file.len(), HEAD_BYTES + WIDTH * HEIGHT / 8);
        assert_eq!(u32::from_le_bytes(file[2..6].try_into().unwrap()) as usize, file.len());
        assert_eq!(file, draw(b"ACDEFG", 7));
        assert_ne!(file, draw(b"ACDEFG", 9), "chance moves the letters");
        assert_ne!(file, draw(b"GFEDCA", 7));
    }

    #[test]
    fn every_letter_leaves_ink() {
        let lines_only = ink(&draw(b"", 11));
        for (letter, _) in STROKES {
            assert!(ink(&draw(&[letter], 11)) > lines_only + 60, "{}", char::from(letter));
        }
    }
}
