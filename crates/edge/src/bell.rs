//! Tells a connection's timers and signals from its traffic: they are asked only once one of them has rung.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

/// What timers and signals wake instead of the task itself.
#[derive(Debug, Default)]
pub(crate) struct Bell(Option<(Arc<Rope>, Waker)>);

#[derive(Debug)]
struct Rope {
    pulled: AtomicBool,
    task: Waker,
}

impl Wake for Rope {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.pulled.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

impl Bell {
    /// Whether it has rung since it was last asked. The first time, and whenever the task has another waker, it has.
    pub(crate) fn rung(&mut self, cx: &Context<'_>) -> bool {
        match &self.0 {
            Some((rope, _)) if rope.task.will_wake(cx.waker()) => rope.pulled.swap(false, Ordering::AcqRel),
            Some(_) | None => {
                let rope = Arc::new(Rope { pulled: AtomicBool::new(false), task: cx.waker().clone() });
                let waker = Waker::from(Arc::clone(&rope));
                self.0 = Some((rope, waker));
                true
            }
        }
    }

    /// What timers and signals are polled with, after [`rung`](Self::rung).
    pub(crate) fn waker(&self) -> &Waker {
        self.0.as_ref().map_or(Waker::noop(), |(_, waker)| waker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubles::Task;

    #[test]
    fn it_rings_at_first_then_for_each_pull_and_for_a_new_task() {
        let mut bell = Bell::default();
        let task = Arc::new(Task::default());
        let waker = Waker::from(Arc::clone(&task));
        let cx = Context::from_waker(&waker);
        assert_eq!([bell.rung(&cx), bell.rung(&cx)], [true, false]);
        bell.waker().wake_by_ref();
        assert_eq!(task.woken(), 1, "the task is woken too");
        assert_eq!([bell.rung(&cx), bell.rung(&cx)], [true, false]);
        let other = Waker::from(Arc::new(Task::default()));
        assert!(bell.rung(&Context::from_waker(&other)), "what was polled before would wake the other task");
    }
}
