//! All shows that are over, with a search and pages.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::livestreams::past_livestreams,
    ui::components::{
        empty::Empty,
        icon::Glyph,
        notice::{Notice, Tone},
        pager::{Pager, use_page},
        search::{SearchForm, page_address, use_search},
        show_card::ShowCard,
        skeleton::PageSkeleton,
    },
};

const PER_PAGE: u32 = 18;

/// The gallery.
#[component]
pub fn ReplaysPage() -> impl IntoView {
    let search = use_search();
    let page = use_page();
    let shows =
        Resource::new_blocking(move || (search.get(), page.get()), |(search, page)| past_livestreams(search, PER_PAGE, (page - 1) * u64::from(PER_PAGE)));
    view! {
        <Title text="Past shows" />
        <div class="page">
            <div class="flex flex-wrap items-end justify-between gap-4">
                <h1>"Past shows"</h1>
                <SearchForm path="/replays" label="Search past shows" search />
            </div>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match shows.await {
                        Ok(found) if found.livestreams.is_empty() && search.get_untracked().is_none() => {
                            view! { <Empty glyph=Glyph::Clock title="No show is over yet" text="Shows can be watched here again once they have ended." /> }.into_any()
                        }
                        Ok(found) if found.livestreams.is_empty() => {
                            view! {
                                <Empty glyph=Glyph::Search title="Nothing found" text="Try another word, or look at all shows.">
                                    <a class="btn btn-primary" href="/replays">
                                        "Show all"
                                    </a>
                                </Empty>
                            }
                                .into_any()
                        }
                        Ok(found) => {
                            view! {
                                <div class="grid-shows">{found.livestreams.into_iter().map(|show| view! { <ShowCard show /> }).collect_view()}</div>
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE.into()) link=page_address("/replays", search.get_untracked()) />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}
