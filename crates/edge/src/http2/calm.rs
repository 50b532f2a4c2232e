//! Keeps account of what a client costs beyond what it asks for; who costs too much is sent away.
//!
//! A frame that asks for nothing costs us as much as it costs its sender; what is dangerous is a stream without end of
//! them, or one that cancels what it asked for. So requests, answers and bodies make up for a few of those each.

use crate::limits::Limits;

/// How many frames without use one of use makes up for: a client may answer each frame of a body that we send with two
/// windows, a ping and an acknowledgement.
const FRAMES_A_USE: usize = 8;

/// One connection's account.
#[derive(Debug, Default)]
pub(super) struct Calm {
    idle_frames: usize,
    resets_at_once: usize,
    resets: usize,
    provoked: usize,
}

/// The client has overdrawn its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

impl Calm {
    /// A frame came that brings nothing.
    pub(super) fn idle_frame(&mut self, limits: &Limits) -> Result<(), TooMuch> {
        count(&mut self.idle_frames, limits.idle_frames_max)
    }

    /// Something of use came or went: a part of a body.
    pub(super) fn of_use(&mut self) {
        self.idle_frames = self.idle_frames.saturating_sub(FRAMES_A_USE);
    }

    /// A request was answered to its end.
    pub(super) fn answered(&mut self) {
        self.of_use();
        self.resets_at_once = self.resets_at_once.saturating_sub(1);
        self.resets = self.resets.saturating_sub(1);
    }

    /// The client took a request back before its handler began.
    pub(super) fn reset_at_once(&mut self, limits: &Limits) -> Result<(), TooMuch> {
        count(&mut self.resets_at_once, limits.pending_reset_streams_max)
    }

    /// The client took a request back before it was answered.
    pub(super) fn reset(&mut self, limits: &Limits) -> Result<(), TooMuch> {
        count(&mut self.resets, limits.reset_streams_max)
    }

    /// The client made us reset a stream: nothing makes up for that.
    pub(super) fn provoked(&mut self, limits: &Limits) -> Result<(), TooMuch> {
        count(&mut self.provoked, limits.local_reset_streams_max)
    }
}

fn count(counter: &mut usize, max: usize) -> Result<(), TooMuch> {
    *counter += 1;
    if *counter > max { Err(TooMuch) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_cost_so_much_and_no_more() {
        type Cost = fn(&mut Calm, &Limits) -> Result<(), TooMuch>;
        let limits = Limits {
            idle_frames_max: 3,
            pending_reset_streams_max: 3,
            reset_streams_max: 3,
            local_reset_streams_max: 3,
            ..Limits::default()
        };
        for (cost, forgiven) in [
            (Calm::idle_frame as Cost, true),
            (Calm::reset_at_once, true),
            (Calm::reset, true),
            (Calm::provoked, false),
        ] {
            let mut calm = Calm::default();
            for _ in 0..3 {
                assert_eq!(cost(&mut calm, &limits), Ok(()));
            }
            calm.answered();
            assert_eq!(cost(&mut calm, &limits).is_ok(), forgiven);
        }
        let mut calm = Calm::default();
        assert_eq!((0..4).map(|_| calm.reset(&limits)).collect::<Vec<_>>(), [Ok(()), Ok(()), Ok(()), Err(TooMuch)]);
    }
}
