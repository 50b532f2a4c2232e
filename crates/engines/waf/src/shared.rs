//! Things that are made once and held by all who ask for equal ones, for as long as anybody holds them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Things by what they are made of. Whoever asks gets the one that somebody holds already, or makes it.
pub(crate) struct Shared<T> {
    known: Mutex<Known<T>>,
}

struct Known<T> {
    things: HashMap<Box<[u8]>, Weak<T>>,
    /// From so many on, those that nobody holds any more are forgotten.
    sweep_at: usize,
}

/// Fewer are not worth a sweep.
const SWEEP_MIN: usize = 256;

impl<T> Shared<T> {
    /// Nothing is known yet.
    pub(crate) fn new() -> Shared<T> {
        Shared { known: Mutex::new(Known { things: HashMap::new(), sweep_at: SWEEP_MIN }) }
    }

    /// The thing that is made of this. Making takes long, so nobody waits for it: of two who make the same at a time, one
    /// takes what the other made.
    pub(crate) fn get<E>(&self, of: &[u8], make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(thing) = self.lock(|known| known.held(of)) {
            return Ok(thing);
        }
        let made = Arc::new(make()?);
        Ok(self.lock(|known| {
            if let Some(thing) = known.held(of) {
                return thing;
            }
            known.sweep();
            known.things.insert(of.into(), Arc::downgrade(&made));
            made
        }))
    }

    fn lock<R>(&self, then: impl FnOnce(&mut Known<T>) -> R) -> R {
        then(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Known<T> {
    fn held(&self, of: &[u8]) -> Option<Arc<T>> {
        self.things.get(of)?.upgrade()
    }

    /// A sweep waits until twice as many are known as the last one left, so that each that comes costs two looks at most.
    fn sweep(&mut self) {
        if self.things.len() >= self.sweep_at {
            self.things.retain(|_, thing| thing.strong_count() > 0);
            self.sweep_at = SWEEP_MIN.max(2 * self.things.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shared: &Shared<String>, text: &str) -> Arc<String> {
        shared.get::<()>(text.as_bytes(), || Ok(text.to_owned())).unwrap()
    }

    #[test]
    fn equal_things_are_one_while_somebody_holds_it() {
        let shared = Shared::new();
        let first = of(&shared, "one");
        assert!(Arc::ptr_eq(&first, &of(&shared, "one")));
        assert!(!Arc::ptr_eq(&first, &of(&shared, "two")));
        let gone = Arc::downgrade(&first);
        drop(first);
        assert!(gone.upgrade().is_none(), "nobody holds it, and so it is gone");
        assert_eq!(*of(&shared, "one"), "one");
    }

    #[test]
    fn what_cannot_be_made_is_asked_for_again() {
        let shared = Shared::<String>::new();
        assert_eq!(shared.get(b"one", || Err("no")), Err("no"));
        assert_eq!(*of(&shared, "one"), "one");
    }

    #[test]
    fn what_nobody_holds_is_forgotten() {
        let shared = Shared::new();
        let held: Vec<_> = (0..10).map(|number| of(&shared, &format!("held {number}"))).collect();
        for number in 0..10 * SWEEP_MIN {
            of(&shared, &format!("dropped {number}"));
        }
        assert!(shared.known.lock().unwrap().things.len() <= SWEEP_MIN);
        assert!(held.iter().all(|thing| Arc::ptr_eq(thing, &of(&shared, thing))));
    }

    #[test]
    fn who_makes_the_same_at_a_time_gets_the_same() {
        let shared = Shared::new();
        let outer = shared.get::<()>(b"one", || {
            let inner = of(&shared, "one");
            std::mem::forget(inner);
            Ok("one".to_owned())
        });
        assert!(Arc::ptr_eq(&outer.unwrap(), &of(&shared, "one")));
    }
}
