//! An HTTP client in a role.

use std::net::SocketAddr;

use reqwest::{Method, RequestBuilder, StatusCode, redirect::Policy};
use serde_json::Value;

use super::described;

/// Someone who uses the server over HTTP. Keeps cookies; follows no redirects.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    addr: SocketAddr,
    token: Option<String>,
}

impl Client {
    /// A client of the server at `addr`, with a Bearer token if it is somebody.
    pub fn new(addr: SocketAddr, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        Self { http, addr, token }
    }

    /// Its token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("this client is a guest")
    }

    /// A request that carries what this client has.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.addr));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Status and body (null if it is no JSON) of a GET.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        read(self.request(Method::GET, path)).await
    }

    /// Status and body of a POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        read(self.request(Method::POST, path).json(&body)).await
    }

    /// Status and body of a PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        read(self.request(Method::PUT, path).json(&body)).await
    }

    /// Status and body of a DELETE.
    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        read(self.request(Method::DELETE, path)).await
    }
}

/// Status and body of an answer, which has to be one that the server's own description names.
pub async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let (http, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let response = http.execute(request).await.unwrap();
    let status = response.status();
    let body = response.json().await.ok();
    described::expect_answer(method.as_str(), &path, status.as_u16(), body.as_ref());
    (status, body.unwrap_or(Value::Null))
}
