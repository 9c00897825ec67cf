import { ChatDesk } from '../pages/chat_desk';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { openInteractive, untilInteractive } from '../support/interactive';
import { expect, test } from '../support/test';

test('the host deletes a message: it is gone on every screen and after a reload', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('Kind words only');
  const desk = new ChatDesk(studio.page);
  const ada = new WatchPage(await people.customer('Ada'));
  const guest = new WatchPage(await people.guest());
  for (const viewer of [ada, guest]) await openInteractive(viewer.page, `/live/${show}`);

  await ada.chat.say('something rude');
  await guest.chat.expectOnce('something rude');
  await ada.chat.say('something kind');
  await studio.chat.expectInOrder(['something rude', 'something kind']);
  await desk.delete('something rude');
  for (const chat of [studio.chat, ada.chat, guest.chat]) await expect(chat.line('something rude')).toHaveCount(0);

  await guest.page.reload();
  await untilInteractive(guest.page);
  await guest.chat.expectOnce('something kind');
  await expect(guest.chat.line('something rude')).toHaveCount(0);
  // Customers have no such tools.
  await expect(ada.page.getByTestId('line-menu')).toHaveCount(0);
  await expect(ada.page.getByTestId('chat-settings')).toHaveCount(0);
});

test('whoever is muted is told and may write again when it is lifted', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('Quiet please');
  const desk = new ChatDesk(studio.page);
  const guest = new WatchPage(await people.guest());
  await openInteractive(guest.page, `/live/${show}`);
  await guest.chat.say('noise');
  await studio.chat.expectOnce('noise');

  await desk.mute('noise', 5);
  await expect(guest.page.getByTestId('chat-hint')).toContainText('A moderator muted you for');
  await expect(guest.page.getByTestId('chat-input')).toBeDisabled();
  // A reload is no way around it.
  await guest.page.reload();
  await expect(guest.page.getByTestId('chat-hint')).toContainText('A moderator muted you for');
  await desk.liftFirst();
  await expect(guest.page.getByTestId('chat-input')).toBeEnabled();
  await guest.chat.say('thank you');
  await studio.chat.expectOnce('thank you');
});

test('a ban holds in a new tab under a new name', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('Friends only');
  const desk = new ChatDesk(studio.page);
  const guest = new WatchPage(await people.guest());
  await guest.watch(`/live/${show}`);
  await guest.page.getByTestId('guest-name').fill('Spammer');
  await guest.chat.say('buy my things');
  await studio.chat.expectOnce('buy my things');

  await desk.ban('buy my things');
  await expect(guest.connection).toHaveAttribute('data-state', 'banned');
  await expect(guest.page.getByTestId('chat-banned')).toContainText('You are banned from this show');
  await expect(studio.viewerCount).toContainText('0');

  const tab = new WatchPage(await guest.page.context().newPage());
  await tab.page.addInitScript(() => localStorage.setItem('wrencos.name', 'Somebody else'));
  await tab.open(`/live/${show}`);
  await expect(tab.connection).toHaveAttribute('data-state', 'banned');
  await expect(tab.page.getByTestId('chat-input')).toHaveCount(0);
  // Somebody else is somebody else.
  const other = new WatchPage(await people.guest('other'));
  await openInteractive(other.page, `/live/${show}`);
  await other.chat.say('hello');
  await studio.chat.expectOnce('hello');
});

test('slow mode counts down for viewers and not for the host', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('One after the other');
  const desk = new ChatDesk(studio.page);
  const ada = new WatchPage(await people.customer('Ada'));
  await openInteractive(ada.page, `/live/${show}`);
  await desk.slowMode(5);
  const hint = ada.page.getByTestId('chat-hint');
  await expect(hint).toContainText('one message every 5 seconds');

  await ada.chat.say('first');
  await expect(hint).toContainText('You can write again in');
  await expect(ada.page.getByTestId('chat-send')).toBeDisabled();
  for (const text of ['host one', 'host two']) await studio.chat.say(text);
  await ada.chat.expectInOrder(['first', 'host one', 'host two']);
  await expect(ada.page.getByTestId('chat-send')).toBeEnabled();
  await ada.chat.say('second');
  await studio.chat.expectOnce('second');
});

test('an announcement stands above the chat, for late joiners and without script too', async ({ people, browser, shop }) => {
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('Two for one');
  const desk = new ChatDesk(studio.page);
  const early = new WatchPage(await people.guest('early'));
  await openInteractive(early.page, `/live/${show}`);
  await desk.announce('Two for one <b>until midnight</b>');
  await expect(early.page.getByTestId('announcement')).toHaveText('Two for one <b>until midnight</b>');

  const context = await browser.newContext({ baseURL: shop.url, javaScriptEnabled: false });
  const late = await context.newPage();
  await late.goto(`/live/${show}`);
  await expect(late.getByTestId('announcement')).toHaveText('Two for one <b>until midnight</b>');
  await context.close();

  await studio.page.getByTestId('announcement-remove').click();
  await expect(early.page.getByTestId('announcement')).toHaveCount(0);
});

test('a moderator comes by a link, keeps order in a live show, and has no studio', async ({ people, guard }) => {
  guard.allow(/status of 403/);
  const host = await people.host();
  await openInteractive(host, '/admin/people');
  await host.getByTestId('invite-moderator').click();
  const link = host.getByTestId('invitation-link');
  await expect(link).toHaveValue(/\/moderate\/join\?code=[0-9a-f]{32}$/);
  const address = new URL(await link.inputValue());

  const mo = await people.customer('Mo');
  await openInteractive(mo, address.pathname + address.search);
  await mo.getByTestId('join-moderators').click();
  await expect(mo).toHaveURL(/\/moderate$/);
  await expect(mo.getByRole('heading', { level: 1 })).toHaveText('Keep order');

  const studio = new StudioPage(host);
  const show = await studio.goLive('With a helping hand');
  const guest = new WatchPage(await people.guest());
  await openInteractive(guest.page, `/live/${show}`);
  await guest.chat.say('spam, spam');
  await openInteractive(mo, `/moderate/${show}`);
  const desk = new ChatDesk(mo);
  await desk.delete('spam, spam');
  await expect(guest.chat.line('spam, spam')).toHaveCount(0);
  await desk.chat.say('Be kind, please.');
  await expect(guest.chat.line('Be kind, please.')).toContainText('Moderator');
  for (const path of ['/admin/orders', `/admin/studio/${show}`]) {
    expect((await mo.goto(path))?.status(), path).toBe(403);
  }

  await openInteractive(host, '/admin/audit');
  await expect(host.getByTestId('audit-entry').first()).toHaveAttribute('data-action', 'message_deleted');
  await expect(host.getByTestId('audit-entry').first()).toContainText('spam, spam');
});
