//! Pages whose code comes with the first of them that is opened, so that who only watches never waits for it.

/// Makes a route of each page, all in one chunk: `lazy_pages! { chunk: Route => Page, … }`, once per module.
///
/// One chunk, not one per page: what pages share would be split off for every set of pages that shares it.
macro_rules! lazy_pages {
    ($chunk:ident: $($(#[$about:meta])* $route:ident => $page:ident),+ $(,)?) => {
        #[allow(clippy::enum_variant_names, reason = "a page is named by its route")]
        enum Page {
            $($route),+
        }

        #[::leptos::lazy($chunk)]
        fn page(page: Page) -> ::leptos::prelude::AnyView {
            match page {
                $(Page::$route => ::leptos::view! { <$page /> }.into_any()),+
            }
        }

        $(
            $(#[$about])*
            pub struct $route;

            impl ::leptos_router::LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> ::leptos::prelude::AnyView {
                    page(Page::$route).await
                }

                async fn preload() {
                    // The server has every page at hand.
                    #[cfg(target_arch = "wasm32")]
                    __preload_page().await;
                }
            }
        )+
    };
}

pub(super) use lazy_pages;
