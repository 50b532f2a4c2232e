//! The conversation with one runtime: what it was handed, and what it may say about it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, oneshot, watch};

/// An invocation as the runtime gets it.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Its id.
    pub(crate) request_id: String,
    /// When it is too late, in milliseconds since 1970.
    pub(crate) deadline_ms: i64,
    /// The ARN that was invoked.
    pub(crate) invoked_arn: Arc<str>,
    /// `X-Amzn-Trace-Id`.
    pub(crate) trace_id: Option<String>,
    /// The client's context, JSON.
    pub(crate) client_context: Option<String>,
    /// The event.
    pub(crate) payload: Bytes,
}

/// What the runtime says about an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Its result.
    Response(Bytes),
    /// Its error, a JSON document.
    Error(Bytes),
    /// More than it may say.
    TooLarge,
    /// A beginning without an end.
    Truncated,
}

/// How far the runtime has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Begun {
    /// It loads.
    NotYet,
    /// It asked for its first invocation.
    Asked,
    /// It could not be loaded; its own document says why.
    Failed(Bytes),
}

/// The runtime asked for something out of turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotNow;

/// Whether an answer is expected.
#[derive(Debug)]
pub(super) enum Answering {
    /// It is; here is where it goes.
    Yes(oneshot::Sender<Answer>),
    /// It was given before.
    Already,
    /// No such invocation is with this runtime.
    Unknown,
}

/// One runtime's desk. The node hands out, the runtime takes and answers.
#[derive(Debug)]
pub(crate) struct Desk {
    state: Mutex<State>,
    begun: watch::Sender<Begun>,
    /// Something was laid on the desk.
    laid: Notify,
    /// It was taken.
    taken: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: Option<(Delivery, oneshot::Sender<Answer>)>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    request_id: String,
    /// None once it is being answered.
    answer: Option<oneshot::Sender<Answer>>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            begun: watch::Sender::new(Begun::NotYet),
            laid: Notify::new(),
            taken: Notify::new(),
        }
    }

    /// How far the runtime has come, and whatever it comes to later.
    pub(crate) fn begun(&self) -> watch::Receiver<Begun> {
        self.begun.subscribe()
    }

    /// Lays an invocation down. The receiver gets its answer, or an error if the runtime goes away without one.
    pub(crate) fn hand_out(&self, delivery: Delivery) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        self.state().waiting = Some((delivery, sender));
        self.laid.notify_one();
        receiver
    }

    /// Waits until the runtime has taken what was laid down.
    pub(crate) async fn taken(&self) {
        loop {
            let taken = self.taken.notified();
            if self.state().waiting.is_none() {
                return;
            }
            taken.await;
        }
    }

    /// Takes an invocation away again that the runtime has not taken. False: it has.
    pub(crate) fn take_back(&self) -> bool {
        self.state().waiting.take().is_some()
    }

    /// The next invocation, however long it takes.
    pub(super) async fn next(&self) -> Result<Delivery, NotNow> {
        self.begun.send_if_modified(|begun| {
            let first = *begun == Begun::NotYet;
            if first {
                *begun = Begun::Asked;
            }
            first
        });
        loop {
            let laid = self.laid.notified();
            if let Some(delivery) = self.take()? {
                self.taken.notify_one();
                return Ok(delivery);
            }
            laid.await;
        }
    }

    fn take(&self) -> Result<Option<Delivery>, NotNow> {
        let mut state = self.state();
        // SECURITY: one at a time; a runtime that leaves its invocation unanswered gets no other.
        if state.running.as_ref().is_some_and(|running| running.answer.is_some()) {
            return Err(NotNow);
        }
        let Some((delivery, answer)) = state.waiting.take() else { return Ok(None) };
        state.running = Some(Running { request_id: delivery.request_id.clone(), answer: Some(answer) });
        Ok(Some(delivery))
    }

    /// Begins an answer to an invocation.
    pub(super) fn answering(&self, request_id: &str) -> Answering {
        match &mut self.state().running {
            Some(running) if running.request_id == request_id => {
                running.answer.take().map_or(Answering::Already, Answering::Yes)
            }
            Some(_) | None => Answering::Unknown,
        }
    }

    /// The runtime could not be loaded.
    pub(super) fn begin_failed(&self, payload: Bytes) -> Result<(), NotNow> {
        let told = self.begun.send_if_modified(|begun| {
            let first = *begun == Begun::NotYet;
            if first {
                *begun = Begun::Failed(payload);
            }
            first
        });
        if told { Ok(()) } else { Err(NotNow) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(id: &str) -> Delivery {
        Delivery {
            request_id: id.to_owned(),
            deadline_ms: 0,
            invoked_arn: "arn".into(),
            trace_id: None,
            client_context: None,
            payload: Bytes::new(),
        }
    }

    #[tokio::test]
    async fn an_answer_reaches_whoever_handed_the_invocation_out() {
        let desk = Desk::new();
        let answer = desk.hand_out(delivery("a"));
        assert_eq!(desk.next().await.expect("it is there").request_id, "a");
        let Answering::Yes(sender) = desk.answering("a") else { panic!("it is expected") };
        sender.send(Answer::Response("1".into())).expect("somebody waits");
        assert_eq!(answer.await, Ok(Answer::Response("1".into())));
    }

    #[tokio::test]
    async fn nobody_answers_twice_or_for_another() {
        let desk = Desk::new();
        assert!(matches!(desk.answering("a"), Answering::Unknown));
        let _answer = desk.hand_out(delivery("a"));
        assert!(matches!(desk.answering("a"), Answering::Unknown), "it was not taken yet");
        desk.next().await.expect("it is there");
        assert!(matches!(desk.answering("b"), Answering::Unknown));
        assert!(matches!(desk.answering("a"), Answering::Yes(_)));
        assert!(matches!(desk.answering("a"), Answering::Already));
    }

    #[tokio::test]
    async fn a_runtime_that_owes_an_answer_gets_nothing_else() {
        let desk = Desk::new();
        let _answer = desk.hand_out(delivery("a"));
        desk.next().await.expect("it is there");
        assert_eq!(desk.next().await.map(|delivery| delivery.request_id), Err(NotNow));
    }

    #[tokio::test]
    async fn what_was_not_taken_can_be_taken_back() {
        let desk = Desk::new();
        let answer = desk.hand_out(delivery("a"));
        assert!(desk.take_back() && !desk.take_back());
        assert!(answer.await.is_err());
    }

    #[tokio::test]
    async fn a_runtime_that_asked_cannot_fail_to_load() {
        let desk = Desk::new();
        let begun = desk.begun();
        assert!(futures_util::FutureExt::now_or_never(desk.next()).is_none());
        assert_eq!(*begun.borrow(), Begun::Asked);
        assert_eq!(desk.begin_failed(Bytes::new()), Err(NotNow));
    }
}
