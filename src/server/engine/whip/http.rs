//! The way to such an engine: HTTP with an end to every wait, every answer and every redirection.

use std::time::Duration;

use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MATCH, LOCATION, RETRY_AFTER},
};
use tokio::time::timeout;

use super::words::{Reply, Request, Session, ShowKey, Side, resolve};
use crate::server::{
    config::engine::{Access, SHOW},
    engine::http::{Failure, client, failure, read},
};

/// The longest that an answer may take, with all redirections.
const PATIENCE: Duration = Duration::from_secs(5);
/// No answer is longer.
const MAX_SDP_BYTES: usize = 64 * 1024;
/// An engine of many servers sends to one of them (RFC 9725, 4.5), and that one nowhere else.
const REDIRECTIONS: usize = 2;
/// The longest wait that an engine may ask for.
const LONGEST_WAIT_S: u64 = 60;
const SDP: &str = "application/sdp";
const SDP_FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// Speaks to one engine. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: Client,
    publish: Access,
    play: Access,
}

/// One request, as it goes to whichever server of the engine takes it.
struct Call {
    method: Method,
    side: Side,
    url: Url,
    body: Option<(&'static str, String)>,
    tag: Option<String>,
}

impl Http {
    /// For the engine at these addresses; opens nothing.
    ///
    /// # Errors
    /// TLS that cannot be set up on this machine.
    pub fn new(publish: &Access, play: &Access) -> reqwest::Result<Self> {
        Ok(Self { client: client()?, publish: publish.clone(), play: play.clone() })
    }

    /// Whether an address names the show.
    pub fn has_place_for_each(access: &Access) -> bool {
        access.url.contains(SHOW)
    }

    /// Says something, and hears the answer.
    pub async fn ask(&self, request: &Request) -> Reply {
        timeout(PATIENCE, self.answer(request)).await.unwrap_or(Err(Failure::Silent)).unwrap_or_else(Reply::Failed)
    }

    async fn answer(&self, request: &Request) -> Result<Reply, Failure> {
        match request {
            Request::Knock { side, key } => {
                let (_, response) = self.call(Call { method: Method::OPTIONS, side: *side, url: self.url(*side, key)?, body: None, tag: None }).await?;
                Ok(done(&response))
            }
            Request::Offer { side, key, sdp } => {
                let body = Some((SDP, sdp.clone()));
                let (url, response) = self.call(Call { method: Method::POST, side: *side, url: self.url(*side, key)?, body, tag: None }).await?;
                if response.status() != StatusCode::CREATED {
                    return Ok(if response.status().is_success() { Reply::Failed(Failure::Rubbish) } else { done(&response) });
                }
                self.made(*side, &url, response).await
            }
            Request::Look { session, fragment } => {
                let body = Some((SDP_FRAGMENT, fragment.clone()));
                let (_, response) = self.call(Call { body, tag: session.tag.clone(), ..Call::of(Method::PATCH, session)? }).await?;
                Ok(done(&response))
            }
            Request::End(session) => Ok(done(&self.call(Call::of(Method::DELETE, session)?).await?.1)),
        }
    }

    async fn made(&self, side: Side, asked: &Url, response: Response) -> Result<Reply, Failure> {
        let location = text(response.headers(), &LOCATION).ok_or(Failure::Rubbish)?;
        let address = resolve(asked, &location).ok_or(Failure::Elsewhere)?.into();
        let session = Session { side, address, tag: text(response.headers(), &ETAG) };
        let answer = match read(response, MAX_SDP_BYTES).await {
            Ok(bytes) => String::from_utf8(bytes).ok().filter(|answer| answer.starts_with("v=0")).ok_or(Failure::Rubbish),
            Err(failure) => Err(failure),
        };
        match answer {
            Ok(answer) => Ok(Reply::Made { answer, session }),
            Err(failure) => {
                // Nobody knows of it but us.
                let _ = self.call(Call::of(Method::DELETE, &session)?).await;
                Err(failure)
            }
        }
    }

    async fn call(&self, mut call: Call) -> Result<(Url, Response), Failure> {
        for _ in 0..=REDIRECTIONS {
            let response = self.send(&call).await?;
            if !matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                return Ok((call.url, response));
            }
            let location = text(response.headers(), &LOCATION).ok_or(Failure::Rubbish)?;
            call.url = resolve(&call.url, &location).ok_or(Failure::Elsewhere)?;
        }
        Err(Failure::Rubbish)
    }

    async fn send(&self, call: &Call) -> Result<Response, Failure> {
        let mut request = self.client.request(call.method.clone(), call.url.clone());
        if let Some(secret) = &self.access(call.side).secret {
            request = request.bearer_auth(secret);
        }
        if let Some(tag) = &call.tag {
            request = request.header(IF_MATCH, tag);
        }
        if let Some((kind, body)) = &call.body {
            request = request.header(CONTENT_TYPE, *kind).body(body.clone());
        }
        request.send().await.map_err(failure)
    }

    fn access(&self, side: Side) -> &Access {
        match side {
            Side::Publish => &self.publish,
            Side::Play => &self.play,
        }
    }

    fn url(&self, side: Side, key: &ShowKey) -> Result<Url, Failure> {
        // Settings were read: it is an address.
        Url::parse(&self.access(side).url.replace(SHOW, key.as_str())).map_err(|_| Failure::Unreachable)
    }
}

impl Call {
    fn of(method: Method, session: &Session) -> Result<Self, Failure> {
        let url = Url::parse(&session.address).map_err(|_| Failure::Rubbish)?;
        Ok(Self { method, side: session.side, url, body: None, tag: None })
    }
}

fn done(response: &Response) -> Reply {
    if response.status().is_success() {
        return Reply::Done;
    }
    let seconds = text(response.headers(), &RETRY_AFTER).and_then(|seconds| seconds.trim().parse::<u64>().ok());
    Reply::Refused { status: response.status().as_u16(), wait: seconds.map(|seconds| Duration::from_secs(seconds.min(LONGEST_WAIT_S))) }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
