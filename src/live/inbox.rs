//! One task and one inbox per controller: events are handled one after the other, never inside one another.

use std::future::Future;

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedSender, unbounded},
    future::abortable,
};
use leptos::prelude::on_cleanup;
use wasm_bindgen_futures::spawn_local;

/// Something that owns what a page has open and reacts to events.
pub(super) trait Controller: 'static {
    /// Everything that can happen to it.
    type Event: 'static;

    /// Reacts. What takes time is spawned, and its outcome posted.
    fn handle(&mut self, event: Self::Event);
}

/// The way into an inbox. What is posted to a controller that is gone is dropped: a camera, say, is turned off.
#[derive(Debug)]
pub(super) struct Post<E>(UnboundedSender<E>);

impl<E> Clone for Post<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E: 'static> Post<E> {
    /// Posts an event.
    pub fn send(&self, event: E) {
        let _ = self.0.unbounded_send(event);
    }

    /// Waits for something and posts what came of it.
    pub fn spawn<T>(&self, work: impl Future<Output = T> + 'static, event: impl FnOnce(T) -> E + 'static) {
        let post = self.clone();
        spawn_local(async move { post.send(event(work.await)) });
    }
}

/// Runs a controller until the present owner is cleaned up; then it is dropped, and with it what it owns.
pub(super) fn run<C: Controller>(make: impl FnOnce(&Post<C::Event>) -> C) -> Post<C::Event> {
    let (sender, mut inbox) = unbounded();
    let post = Post(sender);
    let mut controller = make(&post);
    let (task, leave) = abortable(async move {
        while let Some(event) = inbox.next().await {
            controller.handle(event);
        }
    });
    spawn_local(async move {
        let _ = task.await;
    });
    on_cleanup(move || leave.abort());
    post
}
