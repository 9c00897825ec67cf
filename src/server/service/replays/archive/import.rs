//! Taking a show in. Everything is read and looked at before the first word is stored; what was stored is taken back where
//! something goes wrong all the same. Customers see it last of all: a process that is killed on the way leaves them nothing to
//! find.

use std::path::Path;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    form::{Line, ProductForm},
    unpack::{Limits, Unpacked, expect_wanted, lines, unpack},
};
use crate::{
    domain::{
        captions::CaptionsInput,
        chat::ChatMessage,
        id::{LivestreamId, MessageId, ProductId, UserId},
        livestream::LivestreamStatus,
        product::Product,
        time::Timestamp,
    },
    error::AppError,
    server::{
        db::{
            events::{ChatData, EventData, EventRecord},
            livestreams::{LivestreamRecord, StartError},
            new_id,
            recordings::Finished,
        },
        media::vtt,
        service::{
            recordings::{self, off_thread},
            replays::captions,
            uploads,
        },
        state::AppState,
        storage::write_error,
    },
};

/// Records of a log that are written at once.
const BATCH: usize = 1000;

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub id: LivestreamId,
    pub title: String,
    pub messages: u64,
    pub new_products: usize,
    pub known_products: usize,
}

/// Takes in the show in a file, as a new one. For whoever is at the machine itself, and may cancel it.
///
/// # Errors
/// As [`unpack`], and what is said of pictures, films and captions that are none; Unavailable when the database is away, or once
/// it is cancelled. Nothing of the show is here then.
pub async fn import(state: &AppState, archive: &Path, stop: &CancellationToken) -> Result<Imported, AppError> {
    let config = &state.config;
    let limits = Limits { video_bytes: config.max_video_bytes, picture_bytes: config.max_picture_bytes, quota_bytes: config.recordings_quota_bytes };
    let (storage, archive) = (state.storage.clone(), archive.to_owned());
    let stopping = stop.clone();
    let unpacked = off_thread(move || unpack(&storage, &archive, limits, &stopping)).await?;
    let mut taking = Taking { state, stop, id: LivestreamId::from_bytes(new_id()), uploads: Vec::new(), products: Vec::new() };
    match taking.take_in(unpacked).await {
        Ok(imported) => Ok(imported),
        Err(error) => {
            taking.undo().await;
            Err(error)
        }
    }
}

/// A show on its way in, and what of it is here by now.
struct Taking<'a> {
    state: &'a AppState,
    // Asked between two steps, so that each is either noted or not begun.
    stop: &'a CancellationToken,
    id: LivestreamId,
    uploads: Vec<String>,
    products: Vec<ProductId>,
}

impl Taking<'_> {
    async fn take_in(&mut self, mut unpacked: Unpacked) -> Result<Imported, AppError> {
        let (state, id) = (self.state, self.id);
        let show = unpacked.show.clone();
        let mut tracks = Vec::new();
        for track in &show.captions {
            let file = tokio::fs::read(unpacked.take(&track.file)?.path()).await.map_err(|error| write_error(&error))?;
            vtt::read(&file).map_err(|problem| super::form::damaged(&format!("captions: {problem}")))?;
            tracks.push((CaptionsInput { language: track.language.clone(), label: track.label.clone() }, file));
        }
        let mut film = Finished::default();
        if let Some(form) = &show.film {
            let incoming = unpacked.take(&form.file)?;
            let bytes = tokio::fs::metadata(incoming.path()).await.map_err(|error| write_error(&error))?.len();
            let video_url = self.stored(recordings::keep_video(state, incoming).await?);
            film = Finished { video_url, bytes, duration_ms: form.duration_ms, parts: form.parts.clone() };
        }
        let thumbnail_url = match &show.poster {
            Some(poster) => self.stored(uploads::keep_picture(state, unpacked.take(poster)?, "thumbnails").await?),
            None => String::new(),
        };
        let mut products = Vec::new();
        for form in &show.products {
            expect_wanted(self.stop)?;
            products.push(self.product(form, &mut unpacked).await?);
        }
        let messages = self.log(&unpacked, &products).await?;
        // From here on it is a matter of moments.
        expect_wanted(self.stop)?;
        for pin in &show.shelf {
            if let Some(product) = products.get(pin.product) {
                state.db.pin(id, *product, pin.pinned_at).await?;
            }
        }
        if !film.video_url.is_empty() {
            state.db.finish_recording(id, &film, state.clock.now()).await?;
        }
        let record = LivestreamRecord {
            id,
            title: show.title.clone(),
            description: show.description,
            // Nobody of this shop held it.
            created_by: UserId::from_bytes([0; 12]),
            status: LivestreamStatus::Ended,
            scheduled_at: None,
            start_time: Some(show.start_time),
            end_time: Some(show.end_time),
            is_recorded: !film.video_url.is_empty(),
            video_url: film.video_url,
            thumbnail_url,
            quality: show.quality,
            view_count: show.viewers,
            peak_viewers: show.peak_viewers,
            engaged: state.db.speakers(id).await?.len() as u64,
            on_air: true,
            revision: 0,
            // Until it is whole.
            withheld: true,
            created_at: show.start_time,
            updated_at: state.clock.now(),
        };
        // An ended show needs no slot, so the database alone can refuse it.
        if let Err(StartError::Db(error)) = state.db.insert_livestream(&record, 0).await {
            return Err(error.into());
        }
        for (input, file) in tracks {
            captions::put(state, id, input, &file, 0).await?;
        }
        if show.published {
            state.db.publish_replay(id, true, state.clock.now()).await?;
        }
        let (new_products, all) = (self.products.len(), products.len());
        tracing::info!(stream.id = %id, messages, new_products, "a show was imported");
        Ok(Imported { id, title: record.title, messages, new_products, known_products: all - new_products })
    }

    fn stored(&mut self, stored: uploads::Stored) -> String {
        self.uploads.push(stored.url.clone());
        stored.url
    }

    // One that is here is used as it is: its price and stock are this shop's. Any other is for somebody of this shop to look at
    // before it is sold: a file must not put up what nobody here has, at a price that nobody here set.
    async fn product(&mut self, form: &ProductForm, unpacked: &mut Unpacked) -> Result<ProductId, AppError> {
        let now = self.state.clock.now();
        let mut product = Product {
            id: ProductId::from_bytes(new_id()),
            name: form.name.clone(),
            description: form.description.clone(),
            price: form.price,
            currency: form.currency,
            images: Vec::new(),
            stock: 0,
            held: 0,
            max_per_customer: None,
            sku: form.sku.clone(),
            active: false,
            created_at: now,
            updated_at: now,
        };
        if let Some(known) = self.state.db.same_product(&product).await? {
            return Ok(known);
        }
        for picture in &form.pictures {
            let stored = uploads::keep_picture(self.state, unpacked.take(picture)?, "products").await?;
            product.images.push(self.stored(stored));
        }
        // Noted first: what may be here is taken back, too.
        self.products.push(product.id);
        self.state.db.insert_product(&product).await?;
        Ok(product.id)
    }

    // Writes the log anew under places of its own, and gives how many messages it has.
    async fn log(&self, unpacked: &Unpacked, products: &[ProductId]) -> Result<u64, AppError> {
        let (sender, mut batches) = mpsc::channel(2);
        let (log, known) = (unpacked.log.path().to_owned(), products.len());
        let reading = tokio::task::spawn_blocking(move || {
            let mut batch = Vec::with_capacity(BATCH);
            for line in lines(&log, known)? {
                batch.push(line?);
                if batch.len() == BATCH && sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                    return Ok(());
                }
            }
            let _ = sender.blocking_send(batch);
            Ok::<_, AppError>(())
        });
        let (start, end) = (unpacked.show.start_time, unpacked.show.end_time);
        let mut messages = 0;
        let mut seq = 1;
        let mut records = vec![self.event(seq, start, EventData::Start)];
        while let Some(batch) = batches.recv().await {
            expect_wanted(self.stop)?;
            for line in batch {
                seq += 1;
                messages += u64::from(matches!(line, Line::Chat { .. }));
                records.push(self.record(seq, line, products));
            }
            self.state.db.store_events(&records).await?;
            records.clear();
        }
        reading.await.map_err(|_| AppError::internal(&crate::server::telemetry::reference()))??;
        records.push(self.event(seq + 1, end, EventData::Stop { reason: "stopped".to_owned() }));
        self.state.db.store_events(&records).await?;
        Ok(messages)
    }

    fn event(&self, seq: u64, at: Timestamp, data: EventData) -> EventRecord {
        EventRecord { id: MessageId::from_bytes(new_id()), stream_id: self.id, seq, at, data }
    }

    fn record(&self, seq: u64, line: Line, products: &[ProductId]) -> EventRecord {
        // Every line was checked against the number of products.
        let product = |place: usize| products.get(place).copied().unwrap_or(ProductId::from_bytes([0; 12]));
        match line {
            Line::Chat { at, name, text, host, moderator } => {
                let id = MessageId::from_bytes(new_id());
                // Only their name is left of them: the same name is the same person.
                let author = format!("n:{name}");
                let message = ChatMessage { id, seq, username: name, message: text, timestamp: at, is_admin: host, is_moderator: moderator, client_id: None };
                let data = EventData::Chat(ChatData { author, user: None, marks: Vec::new(), message });
                EventRecord { id, stream_id: self.id, seq, at, data }
            }
            Line::Pin { at, product: place } => self.event(seq, at, EventData::Pin { product_id: product(place) }),
            Line::Unpin { at, product: place } => self.event(seq, at, EventData::Unpin { product_id: product(place) }),
            Line::Order { at, products: order } => self.event(seq, at, EventData::Reorder { product_ids: order.into_iter().map(product).collect() }),
        }
    }

    // The database goes first: a file that nothing names does less harm than a name without its file.
    async fn undo(self) {
        let (db, id) = (&self.state.db, self.id);
        let undone = async {
            db.delete_livestream(id).await?;
            db.delete_recording(id).await?;
            db.delete_shelf(id).await?;
            db.delete_events(id).await?;
            for product in &self.products {
                db.delete_product(*product, self.state.clock.now()).await?;
            }
            Ok::<_, crate::server::db::DbError>(())
        };
        if let Err(error) = undone.await {
            tracing::warn!(stream.id = %id, %error, "a show that was not imported whole left records that nobody finds");
        }
        let (storage, uploads) = (self.state.storage.clone(), self.uploads);
        let _ = tokio::task::spawn_blocking(move || uploads.iter().for_each(|url| storage.remove_upload(url))).await;
        let _ = tokio::fs::remove_dir_all(self.state.storage.captions(id)).await;
    }
}
