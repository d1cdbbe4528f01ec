use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::{StoreError, Tx};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}

/// An action on its way through a database thread.
pub(crate) trait Job: Send {
    fn kind(&self) -> Kind;
    /// Has the asker gone away?
    fn is_abandoned(&self) -> bool;
    /// Runs the action; `true` when its changes are wanted.
    fn run(&mut self, tx: &Tx) -> bool;
    /// Answers the asker: what the action said, or why the transaction around it could not be kept.
    fn finish(self: Box<Self>, transaction: Result<(), StoreError>);
}

pub(crate) struct Work<F, T, E> {
    kind: Kind,
    action: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work<F, T, E> {
    pub(crate) fn new(kind: Kind, action: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Work { kind, action: Some(action), outcome: None, reply }
    }
}

impl<F, T, E> Job for Work<F, T, E>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    E: From<StoreError> + Send + 'static,
    T: Send + 'static,
{
    fn kind(&self) -> Kind {
        self.kind
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &Tx) -> bool {
        let Some(action) = self.action.take() else { return false };
        // Whatever a panic left half-done in the action's own values is dropped with them, and its transaction is
        // rolled back: nobody sees a broken state.
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let mut future = action(tx);
            match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(outcome) => outcome,
                Poll::Pending => Err(StoreError::Pending.into()),
            }
        }));
        let outcome = match polled {
            Ok(Ok(_)) if tx.is_doomed() => Err(StoreError::Doomed.into()),
            Ok(outcome) => outcome,
            Err(panic) => Err(StoreError::Panicked(panic_text(panic.as_ref())).into()),
        };
        let wanted = outcome.is_ok();
        self.outcome = Some(outcome);
        wanted
    }

    fn finish(self: Box<Self>, transaction: Result<(), StoreError>) {
        let answer = match (transaction, self.outcome) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Closed.into()),
        };
        let _ = self.reply.send(answer);
    }
}

/// What a panic said, as far as it is text.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_string(),
        (_, Some(text)) => text.clone(),
        _ => "without a message".to_string(),
    }
}
