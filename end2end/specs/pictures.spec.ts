import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { test } from '../support/test';

// Makes the pictures of the README: README_PICTURES=1 scripts/test.sh browser
test.skip(!process.env.README_PICTURES, 'only when the pictures are wanted');

test('studio and watch page, as they look during a show', async ({ people, shop }) => {
  const wares = [
    ['Rose cleansing balm', 2400, 18, 'cream'],
    ['Night repair serum', 3900, 7, 'serum'],
    ['Silk foundation brush', 1850, 32, 'brush'],
  ] as const;
  const ids = [];
  for (const [name, price, stock, picture] of wares) {
    const image = await shop.api.uploadPicture(`../public/demo/${picture}.webp`);
    ids.push((await shop.api.createProduct(name, { price, stock, images: [image] }))._id);
  }
  const studio = new StudioPage(await people.host());
  await studio.goLive('Autumn glow: three looks in ten minutes');
  for (const id of ids) await studio.pin(id);
  const ada = new WatchPage(await people.customer('Ada'));
  const bea = new WatchPage(await people.customer('Bea'));
  await ada.watch();
  await bea.watch();
  await ada.chat.say('Which brush is that?');
  await studio.chat.say('The silk one, it is on the shelf now.');
  await bea.chat.say('Got the serum last time, love it.');
  await ada.chat.expectOnce('Got the serum');
  await ada.like();
  await bea.like();
  await ada.page.screenshot({ path: '../docs/watch.png' });
  await studio.page.evaluate(() => scrollTo(0, 0));
  await studio.page.screenshot({ path: '../docs/studio.png' });
});
