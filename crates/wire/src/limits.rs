//! How much of a stranger's request is unfolded, so that a small body cannot become a large tree.

/// Lists, maps and structures inside one another.
pub const DEPTH_MAX: usize = 64;
/// Values, elements or entries in one body.
pub const VALUES_MAX: usize = 100_000;
/// Parameters of one query string or form.
pub const PARAMETERS_MAX: usize = 10_000;
/// Attributes of one XML element.
pub const ATTRIBUTES_MAX: usize = 64;
/// Segments of one path.
pub const SEGMENTS_MAX: usize = 256;
/// Characters of one time stamp.
pub const TIMESTAMP_CHARS_MAX: usize = 64;
