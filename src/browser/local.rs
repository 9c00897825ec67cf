//! A place in a component for a value that exists in the browser alone.

#[cfg(not(feature = "ssr"))]
use send_wrapper::SendWrapper;

/// Holds a value that is neither `Send` nor known to the server. On the server it is always empty, so that a
/// component can be made on one thread and dropped on another.
#[cfg(not(feature = "ssr"))]
#[derive(Debug)]
pub struct Local<T>(SendWrapper<Option<T>>);

/// As in the browser, but always empty.
#[cfg(feature = "ssr")]
#[derive(Debug)]
pub struct Local<T>(std::marker::PhantomData<fn() -> T>);

#[cfg(not(feature = "ssr"))]
impl<T> Local<T> {
    /// Nothing yet.
    pub fn empty() -> Self {
        Self(SendWrapper::new(None))
    }

    /// Holding this.
    pub fn holding(value: T) -> Self {
        Self(SendWrapper::new(Some(value)))
    }

    /// The value, if there is one.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

#[cfg(feature = "ssr")]
impl<T> Local<T> {
    /// Nothing, as always.
    pub fn empty() -> Self {
        Self(std::marker::PhantomData)
    }

    /// Drops the value: the server has no use for it.
    pub fn holding(_value: T) -> Self {
        Self::empty()
    }

    /// Nothing, as always.
    pub fn get(&self) -> Option<&T> {
        None
    }
}
