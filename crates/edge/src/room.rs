//! Room for bodies that are held whole: one budget of bytes for all of them, so that many bodies fill no memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The budget. Clones share it.
#[derive(Debug, Clone)]
pub struct Room(Arc<Semaphore>);

/// A part of the room; it is given back when this is dropped.
#[derive(Debug, Default)]
pub struct Held(Option<OwnedSemaphorePermit>);

/// Other bodies fill the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Room {
    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// Takes room for `bytes` more. It is asked for as bytes arrive: a length that is only announced holds nothing.
    pub(crate) fn take(&self, bytes: usize, held: &mut Held) -> Result<(), Full> {
        let bytes = u32::try_from(bytes).map_err(|_| Full)?;
        let more = Arc::clone(&self.0).try_acquire_many_owned(bytes).map_err(|_| Full)?;
        match &mut held.0 {
            Some(held) => held.merge(more),
            None => held.0 = Some(more),
        }
        Ok(())
    }
}

impl Held {
    /// Holds what another holds too.
    pub fn merge(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (Some(held), Some(more)) => held.merge(more),
            (held @ None, more) => *held = more,
            (Some(_), None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_body_holds_no_other_gets_until_it_is_gone() {
        let room = Room::new(10);
        let (mut one, mut two) = (Held::default(), Held::default());
        assert_eq!(room.take(4, &mut one), Ok(()));
        assert_eq!(room.take(4, &mut one), Ok(()));
        assert_eq!(room.clone().take(3, &mut two), Err(Full));
        assert_eq!(room.take(2, &mut two), Ok(()));
        drop(one);
        assert_eq!(room.take(8, &mut two), Ok(()));
        assert_eq!(room.take(0, &mut two), Ok(()));
        assert_eq!(room.take(1, &mut two), Err(Full));
    }
}
