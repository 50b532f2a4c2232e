//! Which streams of a connection have been woken, so that only those are asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

/// The streams that have been woken since the connection last looked.
#[derive(Debug, Default)]
pub(super) struct Ready(Mutex<Woken>);

#[derive(Debug, Default)]
struct Woken {
    slots: Vec<usize>,
    task: Option<Waker>,
}

/// What wakes one slot's stream; it outlives the stream, and serves the next one in its slot.
#[derive(Debug)]
pub(super) struct Bell {
    slot: usize,
    rung: AtomicBool,
    ready: Arc<Ready>,
}

impl Ready {
    fn woken(&self) -> MutexGuard<'_, Woken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the slots that were woken known in `into`, in their order, and whom to wake next time.
    pub(super) fn take(&self, into: &mut Vec<usize>, cx: &Context<'_>) {
        let mut woken = self.woken();
        into.append(&mut woken.slots);
        match &mut woken.task {
            Some(task) => task.clone_from(cx.waker()),
            None => woken.task = Some(cx.waker().clone()),
        }
    }
}

impl Bell {
    pub(super) fn new(slot: usize, ready: &Arc<Ready>) -> Arc<Self> {
        Arc::new(Self { slot, rung: AtomicBool::new(false), ready: Arc::clone(ready) })
    }

    /// From here on it may ring anew.
    pub(super) fn answered(&self) {
        self.rung.store(false, Ordering::Release);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.rung.swap(true, Ordering::AcqRel) {
            return;
        }
        let task = {
            let mut woken = self.ready.woken();
            woken.slots.push(self.slot);
            woken.task.clone()
        };
        if let Some(task) = task {
            task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubles::Task;

    #[test]
    fn a_stream_that_is_woken_twice_is_asked_once_and_again_later() {
        let (ready, task) = (Arc::new(Ready::default()), Arc::new(Task::default()));
        let waker = Waker::from(Arc::clone(&task));
        let cx = Context::from_waker(&waker);
        let bells = [Bell::new(0, &ready), Bell::new(1, &ready)];
        let mut slots = Vec::new();
        ready.take(&mut slots, &cx);
        assert!(slots.is_empty());
        bells[1].wake_by_ref();
        bells[0].wake_by_ref();
        bells[1].wake_by_ref();
        assert_eq!(task.woken(), 2);
        ready.take(&mut slots, &cx);
        assert_eq!(slots, [1, 0]);
        bells[1].answered();
        bells[1].wake_by_ref();
        bells[0].wake_by_ref();
        slots.clear();
        ready.take(&mut slots, &cx);
        assert_eq!(slots, [1], "the other has not been answered");
    }
}
