//! Writing a show out. Only its talk is written to the disk first, as its length must be known; everything else goes from where
//! it lies into the answer, a piece at a time.

use std::{
    collections::{HashMap, VecDeque},
    io,
    path::PathBuf,
};

use bytes::{BufMut, Bytes, BytesMut};
use futures::{Stream, TryStreamExt, stream};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt, BufWriter},
};

use super::form::{CaptionsForm, FilmForm, LOG, Line, ProductForm, SHOW, ShelfForm, ShowForm};
use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        product::Product,
        replay::{Moment, ShelfChange},
        time::Timestamp,
    },
    error::AppError,
    server::{
        auth::caller::Admin,
        media::vtt,
        service::replays::{Film, captions, desk::ended, shown_beside},
        state::AppState,
        storage::{Storage, incoming::Incoming, write_error},
    },
};

/// What is read of a file at once.
const PIECE_BYTES: usize = 256 * 1024;
/// A tar archive counts in blocks of this size.
const BLOCK_BYTES: u64 = 512;
const END_BYTES: usize = 1024;

/// An archive that is about to be sent.
pub struct Archive {
    /// The whole of it.
    pub bytes: u64,
    entries: VecDeque<Entry>,
    /// Gone with the archive.
    log: Incoming,
}

struct Entry {
    header: Box<tar::Header>,
    bytes: u64,
    content: Content,
}

enum Content {
    Text(Vec<u8>),
    File(PathBuf),
    // Whoever removes the film meanwhile does not take it from this archive.
    Open(File),
}

/// A show that is over as an archive.
///
/// # Errors
/// NotFound if there is no such show; Conflict `not_ended` before its end, `film_unfinished` while its film is being made,
/// `no_film` where its film is not there any more; StorageFull.
pub async fn export(state: &AppState, _: &Admin, id: LivestreamId) -> Result<Archive, AppError> {
    archive(state, id).await
}

/// The same for whoever is at the machine itself.
///
/// # Errors
/// As [`export`].
pub async fn archive(state: &AppState, id: LivestreamId) -> Result<Archive, AppError> {
    let show = ended(state, id).await?;
    let storage = state.storage.clone();
    if tokio::task::spawn_blocking(move || storage.has_recording(id)).await.unwrap_or(false) {
        return Err(AppError::conflict("The film of this show is not made yet. Try again in some minutes.").coded("film_unfinished"));
    }
    let kept = state.db.replay(id).await?;
    let film = Film::of(state, &show, &kept).await?;
    let replay = shown_beside(state, &show, &kept, &film).await?;
    let places: HashMap<ProductId, usize> = replay.products.iter().map(|product| product.id).zip(0..).collect();
    let mut packing = Packing { storage: &state.storage, at: show.end_time.unwrap_or(show.updated_at), entries: VecDeque::new() };

    let mut all_captions = Vec::new();
    for (number, track) in replay.captions.iter().enumerate() {
        let text = captions::timed(state, &show.video_url, &kept, id, track.id).await?;
        // Nothing is said in the part of the film that is shown.
        if vtt::read(text.as_bytes()).is_err() {
            continue;
        }
        let file = format!("captions/{number}.vtt");
        packing.add(&file, text.len() as u64, Content::Text(text.into_bytes()))?;
        all_captions.push(CaptionsForm { file, language: track.language.clone(), label: track.label.clone() });
    }
    let poster = packing.picture("poster", &show.thumbnail_url).await?;
    let mut products = Vec::new();
    let mut pictures = 0;
    for product in &replay.products {
        products.push(packing.product(product, &mut pictures).await?);
    }
    let film_form = match show.video_url.as_str() {
        "" => None,
        url => Some(FilmForm { file: packing.film(url).await?, duration_ms: film.duration_ms, parts: film.parts.clone() }),
    };
    // Where the log says nothing of a shelf, what was left on it stands for that: not so where its host took every moment out.
    let shelf = if replay.moments.is_empty() { Vec::new() } else { state.db.shelf(id, show.status).await? };
    let shelf = shelf.iter().filter_map(|pin| Some(ShelfForm { product: *places.get(&pin.product_id)?, pinned_at: pin.pinned_at })).collect();
    let (log, log_bytes) = write_log(state, id, changes(&replay.moments, &places, &film)).await?;
    let (format, version) = ShowForm::marks();
    let start_time = show.start_time.unwrap_or(show.created_at);
    let form = ShowForm {
        format,
        version,
        title: show.title.clone(),
        description: show.description.clone(),
        quality: show.quality,
        published: !show.withheld,
        start_time,
        end_time: packing.at.max(start_time),
        viewers: show.view_count,
        peak_viewers: show.peak_viewers,
        film: film_form,
        poster,
        captions: all_captions,
        products,
        shelf,
    };
    let json = serde_json::to_vec_pretty(&form).map_err(|error| write_error(&error.into()))?;
    // What could not be taken in is said while the show is still here.
    ShowForm::read(&json)?;
    // Whoever reads it learns first what is to come.
    packing.entries.push_front(packing.entry(LOG, log_bytes, Content::File(log.path().to_owned()))?);
    packing.entries.push_front(packing.entry(SHOW, json.len() as u64, Content::Text(json))?);
    let bytes = packing.entries.iter().map(|entry| BLOCK_BYTES + entry.bytes + padding(entry.bytes) as u64).sum::<u64>() + END_BYTES as u64;
    Ok(Archive { bytes, entries: packing.entries, log })
}

// When the shelf changed, as customers see it: in the times of the show, which the film that they see begins and ends.
fn changes(moments: &[Moment], places: &HashMap<ProductId, usize>, film: &Film) -> Vec<(Timestamp, Line)> {
    let line = |moment: &Moment| {
        let at = film.time(moment.at_ms);
        let line = match &moment.change {
            ShelfChange::Pin(product) => Line::Pin { at, product: *places.get(product)? },
            ShelfChange::Unpin(product) => Line::Unpin { at, product: *places.get(product)? },
            ShelfChange::Order(order) => Line::Order { at, products: order.iter().filter_map(|product| places.get(product).copied()).collect() },
        };
        Some((at, line))
    };
    moments.iter().filter_map(line).collect()
}

async fn write_log(state: &AppState, id: LivestreamId, changes: Vec<(Timestamp, Line)>) -> Result<(Incoming, u64), AppError> {
    let (incoming, file) = state.storage.create_incoming()?;
    let mut out = BufWriter::with_capacity(PIECE_BYTES, File::from_std(file));
    let mut bytes = 0;
    let mut changes = VecDeque::from(changes);
    let mut talk = std::pin::pin!(state.db.talk(id).await?);
    loop {
        let said = talk.try_next().await?;
        let is_due = |(at, _): &(Timestamp, Line)| said.as_ref().is_none_or(|said| *at <= said.timestamp);
        while changes.front().is_some_and(is_due) {
            let Some((_, change)) = changes.pop_front() else { break };
            bytes += write_line(&mut out, &change).await?;
        }
        let Some(said) = said else { break };
        let line = Line::Chat { at: said.timestamp, name: said.username, text: said.message, host: said.is_admin, moderator: said.is_moderator };
        // What could not be said today, but came from another system, is of no use to the next shop either.
        if let Ok(line) = line.checked(0) {
            bytes += write_line(&mut out, &line).await?;
        }
    }
    out.flush().await.map_err(|error| write_error(&error))?;
    Ok((incoming, bytes))
}

async fn write_line(out: &mut BufWriter<File>, line: &Line) -> Result<u64, AppError> {
    let mut json = serde_json::to_vec(line).map_err(|error| write_error(&error.into()))?;
    json.push(b'\n');
    out.write_all(&json).await.map_err(|error| write_error(&error))?;
    Ok(json.len() as u64)
}

struct Packing<'a> {
    storage: &'a Storage,
    /// The time that every file in the archive has.
    at: Timestamp,
    entries: VecDeque<Entry>,
}

impl Packing<'_> {
    fn entry(&self, name: &str, bytes: u64, content: Content) -> Result<Entry, AppError> {
        let mut header = Box::new(tar::Header::new_gnu());
        header.set_path(name).map_err(|error| write_error(&error))?;
        header.set_size(bytes);
        header.set_mode(0o644);
        header.set_mtime(u64::try_from(self.at.millis() / 1000).unwrap_or(0));
        header.set_cksum();
        Ok(Entry { header, bytes, content })
    }

    fn add(&mut self, name: &str, bytes: u64, content: Content) -> Result<(), AppError> {
        self.entries.push_back(self.entry(name, bytes, content)?);
        Ok(())
    }

    async fn film(&mut self, url: &str) -> Result<String, AppError> {
        let missing = || AppError::conflict("The film of this show is not there any more.").coded("no_film");
        let file = File::open(self.storage.upload(url).ok_or_else(missing)?).await.map_err(|_| missing())?;
        let bytes = file.metadata().await.map_err(|error| write_error(&error))?.len();
        let name = if url.ends_with(".mp4") { "film.mp4" } else { "film.webm" };
        self.add(name, bytes, Content::Open(file))?;
        Ok(name.to_owned())
    }

    // A picture that is not there, or lies elsewhere, is left out: a replay does without it, too.
    async fn picture(&mut self, name: &str, url: &str) -> Result<Option<String>, AppError> {
        let Some(path) = self.storage.upload(url) else { return Ok(None) };
        let Some(metadata) = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file) else { return Ok(None) };
        let extension = url.rsplit('.').next().filter(|extension| ["jpg", "png", "webp"].contains(extension)).unwrap_or("bin");
        let name = format!("{name}.{extension}");
        self.add(&name, metadata.len(), Content::File(path))?;
        Ok(Some(name))
    }

    async fn product(&mut self, product: &Product, pictures: &mut usize) -> Result<ProductForm, AppError> {
        let mut names = Vec::new();
        for url in &product.images {
            *pictures += 1;
            names.extend(self.picture(&format!("pictures/{pictures}"), url).await?);
        }
        Ok(ProductForm {
            name: product.name.clone(),
            description: product.description.clone(),
            price: product.price,
            currency: product.currency,
            sku: product.sku.clone(),
            pictures: names,
        })
    }
}

impl Archive {
    /// Its bytes. They end with an error where a file is shorter by now than it was.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        stream::try_unfold(Sending { entries: self.entries, open: None, is_ended: false, _log: self.log }, Sending::next)
    }
}

struct Sending {
    entries: VecDeque<Entry>,
    /// The file that is being read, what is left of it, and what fills its last block.
    open: Option<(File, u64, usize)>,
    is_ended: bool,
    _log: Incoming,
}

impl Sending {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if let Some((mut file, left, fill)) = self.open.take() {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES);
            let mut piece = BytesMut::with_capacity(most + fill);
            let read = (&mut file).take(most as u64).read_buf(&mut piece).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match left - read as u64 {
                0 => piece.put_bytes(0, fill),
                left => self.open = Some((file, left, fill)),
            }
            return Ok(Some((piece.freeze(), self)));
        }
        let Some(entry) = self.entries.pop_front() else {
            let is_first = !std::mem::replace(&mut self.is_ended, true);
            return Ok(is_first.then(|| (Bytes::from_static(&[0; END_BYTES]), self)));
        };
        let mut piece = BytesMut::from(&entry.header.as_bytes()[..]);
        let fill = padding(entry.bytes);
        match entry.content {
            Content::Text(text) => {
                piece.extend_from_slice(&text);
                piece.put_bytes(0, fill);
            }
            _ if entry.bytes == 0 => {}
            Content::File(path) => self.open = Some((File::open(path).await?, entry.bytes, fill)),
            Content::Open(file) => self.open = Some((file, entry.bytes, fill)),
        }
        Ok(Some((piece.freeze(), self)))
    }
}

/// What fills the last block of a file.
fn padding(bytes: u64) -> usize {
    (bytes.next_multiple_of(BLOCK_BYTES) - bytes) as usize
}
