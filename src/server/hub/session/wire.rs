//! The socket itself: one flush per batch of frames, pings, and the close codes of what cannot be read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};

use super::Session;
use crate::{
    protocol::close,
    server::hub::outbox::{Batch, Outbox},
};

/// How often the peer is asked for a sign of life, and how long it may take.
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_WITHIN: Duration = Duration::from_secs(10);
/// A write that makes no progress for this long ends the socket.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);
/// The last words may take this long, and so may the peer's answer to a close.
const LAST_WORDS: Duration = Duration::from_secs(5);
const CLOSE_ANSWER: Duration = Duration::from_secs(1);

/// Reads and writes until either ends.
pub(super) async fn run(socket: WebSocket, session: Session) {
    let (sink, stream) = socket.split();
    let outbox = session.outbox().clone();
    let alive = Arc::<AtomicBool>::default();
    let write = write(sink, outbox.clone(), alive.clone());
    let read = read(stream, session, alive);
    tokio::pin!(write, read);
    tokio::select! {
        // What is still to be said (why it ended) may go out.
        () = &mut read => {
            if outbox.is_closed() {
                let _ = timeout(LAST_WORDS, write).await;
            }
        }
        said_goodbye = &mut write => {
            if said_goodbye {
                let _ = timeout(CLOSE_ANSWER, read).await;
            }
        }
    }
}

async fn read(mut stream: impl Stream<Item = Result<Message, axum::Error>> + Unpin, mut session: Session, alive: Arc<AtomicBool>) {
    loop {
        let proof_due = session.proof_due();
        tokio::select! {
            message = stream.next() => {
                alive.store(true, Ordering::Relaxed);
                match message {
                    Some(Ok(Message::Text(text))) => session.hear(&text).await,
                    Some(Ok(Message::Binary(_))) => {
                        session.outbox().close(close::UNSUPPORTED, "Send text.");
                        return;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => session.pinged(),
                    // The stream ends by itself.
                    Some(Ok(Message::Close(frame))) => {
                        if frame.is_some_and(|frame| frame.code == close::GOING_AWAY) {
                            session.farewell();
                        }
                    }
                    Some(Err(error)) => {
                        if let Some(code) = close_code(&error) {
                            session.outbox().close(code, "This frame cannot be read.");
                        }
                        return;
                    }
                    None => return,
                }
            }
            Ok(()) = session.lobby.changed() => session.lobby_changed().await,
            () = sleep_until(proof_due.unwrap_or_else(Instant::now)), if proof_due.is_some() => session.prove_again().await,
        }
    }
}

// What RFC 6455, 7.4.1 has for this error; none where the connection itself is gone.
fn close_code(error: &axum::Error) -> Option<u16> {
    use tungstenite::Error;
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        match error.downcast_ref::<Error>() {
            Some(Error::Capacity(_)) => return Some(1009),
            Some(Error::Utf8(_)) => return Some(1007),
            Some(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => return None,
            Some(Error::Protocol(_)) => return Some(1002),
            Some(_) => return None,
            None => source = error.source(),
        }
    }
    None
}

// True when it said goodbye, false when the peer is not there to hear it.
async fn write(mut sink: impl Sink<Message, Error = axum::Error> + Unpin, outbox: Outbox, alive: Arc<AtomicBool>) -> bool {
    let mut asked = false;
    let mut due = Instant::now() + PING_EVERY;
    loop {
        let sent = tokio::select! {
            batch = outbox.take() => {
                let closing = batch.closing.is_some();
                let patience = if closing { LAST_WORDS } else { WRITE_PATIENCE };
                let sent = timeout(patience, flush(&mut sink, batch)).await;
                if closing {
                    return matches!(sent, Ok(Ok(())));
                }
                sent
            }
            () = sleep_until(due) => {
                if asked && !alive.load(Ordering::Relaxed) {
                    return false;
                }
                asked = !asked;
                due = Instant::now() + if asked { PONG_WITHIN } else { PING_EVERY - PONG_WITHIN };
                if !asked {
                    continue;
                }
                alive.store(false, Ordering::Relaxed);
                timeout(WRITE_PATIENCE, sink.send(Message::Ping(Default::default()))).await
            }
        };
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return false,
            Err(_) => {
                tracing::info!("a socket that takes nothing is closed");
                return false;
            }
        }
    }
}

async fn flush(sink: &mut (impl Sink<Message, Error = axum::Error> + Unpin), batch: Batch) -> Result<(), axum::Error> {
    for text in batch.frames {
        sink.feed(Message::Text(text)).await?;
    }
    if let Some(closing) = batch.closing {
        sink.feed(Message::Close(Some(CloseFrame { code: closing.code, reason: closing.reason.into() }))).await?;
    }
    sink.flush().await
}
