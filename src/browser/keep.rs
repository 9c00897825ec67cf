//! Blobs that outlive the tab: a store of the browser's (IndexedDB), reached by name, as `web-sys` would cost a class for each
//! of its parts. Where a browser has none, or refuses, there is no [`Keep`] and whoever asked does without.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event, EventTarget};

use super::{js, listener::EventListener, recorder};

const STORE: &str = "blobs";

/// An open store. Closed when dropped.
pub struct Keep {
    database: JsValue,
}

impl Keep {
    /// Opens the store of this name, or makes it.
    pub async fn open(name: &str) -> Option<Self> {
        let factory = js::get(&js_sys::global(), "indexedDB")?;
        let request = js::call(&factory, "open", &[name.into(), 1.into()])?;
        let target: EventTarget = request.clone().dyn_into().ok()?;
        let making = request.clone();
        let _made = EventListener::new::<Event>(&target, "upgradeneeded", move |_| {
            if let Some(database) = js::get(&making, "result") {
                js::call(&database, "createObjectStore", &[STORE.into()]);
            }
        });
        Some(Self { database: outcome(&request).await? })
    }

    /// Keeps a blob under this key; false where the browser refuses, as on a full disk.
    pub async fn put(&self, key: &str, blob: &Blob) -> bool {
        let Some((transaction, store)) = self.transaction("readwrite") else { return false };
        // A disk may be found to be full when all is written, after the request itself went well.
        let done = told(&transaction, "oncomplete", "onabort");
        js::call(&store, "put", &[blob.into(), key.into()]).is_some() && done.await.is_some()
    }

    /// Forgets what is kept under this key.
    pub async fn remove(&self, key: &str) {
        if let Some(request) = self.request("readwrite", "delete", &[key.into()]) {
            settled(&request).await;
        }
    }

    /// Everything that is kept, in the order of its keys.
    pub async fn all(&self) -> Vec<(String, Blob)> {
        let Some((keys, blobs)) = self.request("readonly", "getAllKeys", &[]).zip(self.request("readonly", "getAll", &[])) else { return Vec::new() };
        // Both are listened to before either answers.
        let (Some(keys), Some(blobs)) = futures::future::join(outcome(&keys), outcome(&blobs)).await else { return Vec::new() };
        let (keys, blobs): (Array, Array) = (keys.unchecked_into(), blobs.unchecked_into());
        keys.iter().zip(blobs.iter()).filter_map(|(key, blob)| Some((key.as_string()?, recorder::as_blob(blob)?))).collect()
    }

    fn request(&self, mode: &str, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
        let (_, store) = self.transaction(mode)?;
        js::call(&store, method, arguments)
    }

    fn transaction(&self, mode: &str) -> Option<(JsValue, JsValue)> {
        let transaction = js::call(&self.database, "transaction", &[STORE.into(), mode.into()])?;
        let store = js::call(&transaction, "objectStore", &[STORE.into()])?;
        Some((transaction, store))
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        js::call(&self.database, "close", &[]);
    }
}

// Waits for a request; `None` where it was refused.
async fn settled(request: &JsValue) -> Option<()> {
    told(request, "onsuccess", "onerror").await
}

// Listens from the call on, for whichever comes first; `None` for the second.
fn told(target: &JsValue, good: &str, bad: &str) -> impl Future<Output = Option<()>> + use<> {
    let promise = Promise::new(&mut |resolve, reject| {
        js::set(target, good, resolve);
        js::set(target, bad, reject);
    });
    async move { JsFuture::from(promise).await.ok().map(drop) }
}

async fn outcome(request: &JsValue) -> Option<JsValue> {
    settled(request).await?;
    js::get(request, "result")
}
