//! What the thread that packs is asked for, by who records and by the writer: once, however many ask meanwhile.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::gather::Finish;

/// The next round.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    asked: Mutex<Asked>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Asked {
    /// What the round is to finish, where one is asked for.
    round: Option<Finish>,
    ended: bool,
}

impl Rounds {
    /// Asks for a round. It takes all lists, so that one answers all who asked before it began.
    pub(crate) fn ask(&self, finish: Finish) {
        let mut asked = self.lock();
        asked.round = asked.round.max(Some(finish));
        drop(asked);
        self.more.notify_one();
    }

    /// Nobody will ask again.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.more.notify_one();
    }

    /// Waits for a round to be asked for, until nobody can any more.
    pub(crate) fn next(&self) -> Option<Finish> {
        let quiet = |asked: &mut Asked| asked.round.is_none() && !asked.ended;
        let mut asked = self.more.wait_while(self.lock(), quiet).unwrap_or_else(PoisonError::into_inner);
        if asked.ended { None } else { asked.round.take() }
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        // Nothing that could panic happens under this lock.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_answers_all_who_asked_and_finishes_what_any_of_them_wants() {
        let rounds = Rounds::default();
        for (asked, round) in [
            (&[Finish::Long, Finish::Long][..], Finish::Long),
            (&[Finish::Long, Finish::All, Finish::Long], Finish::All),
            (&[Finish::All], Finish::All),
        ] {
            for finish in asked {
                rounds.ask(*finish);
            }
            assert_eq!(rounds.next(), Some(round), "{asked:?}");
        }
        rounds.end();
        assert_eq!(rounds.next(), None);
    }

    #[test]
    fn whoever_waits_is_woken() {
        let (rounds, begun) = (Rounds::default(), std::sync::Barrier::new(2));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| {
                begun.wait();
                (rounds.next(), rounds.next())
            });
            begun.wait();
            rounds.ask(Finish::All);
            while rounds.lock().round.is_some() {
                std::thread::yield_now();
            }
            rounds.end();
            assert_eq!(waits.join().unwrap(), (Some(Finish::All), None));
        });
    }
}
