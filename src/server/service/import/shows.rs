//! Shows of the old system, with their messages, hearts and shelves.

use futures::TryStreamExt;

use super::{Import, Kind, Mode};
use crate::{
    domain::{
        chat::ChatMessage,
        id::{LivestreamId, MessageId},
        livestream::LivestreamStatus,
        time::Timestamp,
    },
    server::db::{
        DbError,
        events::{ChatData, EventData, EventRecord},
        livestreams::{LivestreamRecord, StartError},
        old::{OldCollection, OldMessage, OldShow},
        pins::Change,
    },
};

/// Messages that are written at once.
const BATCH: usize = 1000;
/// The place in a log of the first message: the start of the show has the first.
const FIRST_MESSAGE: u64 = 2;

impl Import<'_> {
    pub(super) async fn shows(&mut self) -> Result<(), DbError> {
        let of = self.expected(OldCollection::Shows).await?;
        let mut shows = std::pin::pin!(self.old.shows().await?);
        while let Some(read) = shows.try_next().await? {
            self.report.count(Kind::Shows).read += 1;
            match read {
                Ok(show) => self.show(show).await?,
                Err(unreadable) => self.report.skip(Kind::Shows, unreadable.id, unreadable.why),
            }
            self.tell(Kind::Shows, self.report.counts(Kind::Shows).read, of);
        }
        Ok(())
    }

    async fn show(&mut self, old: OldShow) -> Result<(), DbError> {
        let known = self.db.livestream(old.id).await?.is_some();
        self.messages(&old).await?;
        if known {
            self.report.count(Kind::Shows).known += 1;
            self.known_in(&old);
            return Ok(());
        }
        self.hearts(&old).await?;
        self.pins(&old).await?;
        if old.was_live {
            self.report.change(Kind::Shows, old.id, "it was live, and is over here");
        }
        if self.mode == Mode::Write {
            let (speakers, likers) = tokio::try_join!(self.db.speakers(old.id), self.db.likers(old.id))?;
            let record = record(&old, self.person(old.created_by), speakers.union(&likers).count() as u64);
            // An ended show needs no slot, so the database alone can refuse it.
            if let Err(StartError::Db(error)) = self.db.insert_livestream(&record, 0).await {
                return Err(error);
            }
        }
        self.report.count(Kind::Shows).written += 1;
        Ok(())
    }

    // What a show that is here already brought with it then.
    fn known_in(&mut self, old: &OldShow) {
        let (hearts, pins) = (old.liked_by.len() as u64, old.pins.len() as u64);
        for (kind, count) in [(Kind::Hearts, hearts), (Kind::Pins, pins)] {
            let counts = self.report.count(kind);
            counts.read += count;
            counts.known += count;
        }
    }

    async fn messages(&mut self, old: &OldShow) -> Result<(), DbError> {
        let (newest, ended) = tokio::try_join!(self.db.newest_seq(old.id), self.db.stop_is_logged(old.id))?;
        let count = old.message_count;
        let stop = FIRST_MESSAGE + count;
        if ended && newest >= stop {
            let counts = self.report.count(Kind::Messages);
            counts.read += count;
            counts.known += count;
            return Ok(());
        }
        // Cut off before, or more was said since: what is there is left, and the end is written anew.
        let written = if ended { newest.saturating_sub(1) } else { newest };
        let from = (written + 1).saturating_sub(FIRST_MESSAGE).min(count);
        let counts = self.report.count(Kind::Messages);
        counts.read += from;
        counts.known += from;
        let mut batch = Vec::with_capacity(BATCH);
        if self.mode == Mode::Write {
            if ended {
                self.db.reopen_log(old.id).await?;
            }
            if newest == 0 {
                batch.push(event(old.id, 1, old.start, EventData::Start));
            }
        }
        if count > from {
            let mut messages = std::pin::pin!(self.old.messages(old.id, from).await?);
            // Whoever said no time spoke after the one before them.
            let mut at = if from == 0 { old.start } else { old.end };
            while let Some((place, read)) = messages.try_next().await? {
                self.report.count(Kind::Messages).read += 1;
                match read {
                    Ok(message) => {
                        at = message.at.unwrap_or(at);
                        self.report.count(Kind::Messages).written += 1;
                        batch.push(said(old.id, FIRST_MESSAGE + place, at, message));
                    }
                    Err(unreadable) => self.report.skip(Kind::Messages, format!("{} of {}", unreadable.id, old.id), unreadable.why),
                }
                if batch.len() >= BATCH {
                    self.flush(&mut batch).await?;
                    self.tell(Kind::Messages, self.report.counts(Kind::Messages).read, 0);
                }
            }
        }
        batch.push(event(old.id, stop, old.end, EventData::Stop { reason: "stopped".to_owned() }));
        self.flush(&mut batch).await
    }

    async fn flush(&mut self, batch: &mut Vec<EventRecord>) -> Result<(), DbError> {
        if self.mode == Mode::Write {
            self.db.store_events(batch).await?;
        }
        batch.clear();
        Ok(())
    }

    async fn hearts(&mut self, old: &OldShow) -> Result<(), DbError> {
        let named = old.liked_by.len() as u64;
        let counts = self.report.count(Kind::Hearts);
        counts.read += named;
        counts.written += named;
        if old.likes > named {
            self.report.change(Kind::Shows, old.id, "its counter knew of more hearts than its list of people, which counts here");
        }
        if self.mode == Mode::Write {
            for people in old.liked_by.chunks(BATCH) {
                self.db.change_likes(old.id, people, &[], old.end).await?;
            }
        }
        Ok(())
    }

    async fn pins(&mut self, old: &OldShow) -> Result<(), DbError> {
        for (product, pinned_at) in &old.pins {
            self.report.count(Kind::Pins).read += 1;
            // In a dry run the products are not here yet.
            if self.mode == Mode::Write {
                if !self.db.knows_product(*product).await? {
                    self.report.skip(Kind::Pins, product, "there is no such product");
                    continue;
                }
                if self.db.pin(old.id, *product, *pinned_at).await? == Change::Refused {
                    self.report.skip(Kind::Pins, product, "the shelf is full");
                    continue;
                }
            }
            self.report.count(Kind::Pins).written += 1;
        }
        Ok(())
    }
}

fn record(old: &OldShow, created_by: crate::domain::id::UserId, engaged: u64) -> LivestreamRecord {
    LivestreamRecord {
        id: old.id,
        title: old.title.clone(),
        description: old.description.clone(),
        created_by,
        status: LivestreamStatus::Ended,
        scheduled_at: None,
        start_time: Some(old.start),
        end_time: Some(old.end),
        video_url: old.video_url.clone(),
        thumbnail_url: old.thumbnail_url.clone(),
        quality: old.quality,
        is_recorded: !old.video_url.is_empty(),
        view_count: old.view_count,
        peak_viewers: old.peak_viewers,
        engaged,
        on_air: true,
        revision: 0,
        withheld: false,
        created_at: old.created_at,
        updated_at: old.updated_at,
    }
}

fn said(show: LivestreamId, seq: u64, at: Timestamp, message: OldMessage) -> EventRecord {
    let id = event_id(show, seq, at);
    // Only their name is left of them: the same name is the same person.
    let author = format!("n:{}", message.username);
    let message = ChatMessage {
        id,
        seq,
        username: message.username,
        message: message.text,
        timestamp: at,
        is_admin: message.by_host,
        is_moderator: false,
        client_id: None,
    };
    EventRecord { id, stream_id: show, seq, at, data: EventData::Chat(ChatData { author, user: None, marks: Vec::new(), message }) }
}

fn event(show: LivestreamId, seq: u64, at: Timestamp, data: EventData) -> EventRecord {
    EventRecord { id: event_id(show, seq, at), stream_id: show, seq, at, data }
}

// Seconds, five bytes of the show, three of the place, as the log's own ids are: the same record has the same id whenever
// it is imported.
fn event_id(show: LivestreamId, seq: u64, at: Timestamp) -> MessageId {
    let mixed = show.bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&((at.millis() / 1000) as u32).to_be_bytes());
    bytes[4..9].copy_from_slice(&mixed.to_be_bytes()[..5]);
    bytes[9..].copy_from_slice(&seq.to_be_bytes()[5..]);
    MessageId::from_bytes(bytes)
}
