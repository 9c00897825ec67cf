// The clients that WrenCOS must serve unchanged, played against a fresh server:
//   node end2end/clients/seed-clients.mjs URL ADMIN_EMAIL ADMIN_PASSWORD
// Their calls and frames are those of the replaced system's web store and mobile apps. Prints one line per scenario and
// ends with 1 at the first departure.

import { aShowFromThePhone } from './mobile.mjs';
import { orders, products, refusals, register } from './shop.mjs';
import { Rest } from './support/rest.mjs';
import { Store } from './support/socket.mjs';
import { aWholeShow } from './web.mjs';

const [base, email, password] = process.argv.slice(2);
if (!password) {
  console.error('usage: node end2end/clients/seed-clients.mjs URL ADMIN_EMAIL ADMIN_PASSWORD');
  process.exit(2);
}

let failures = 0;
async function scenario(name, play) {
  const start = performance.now();
  try {
    const result = await play();
    console.log(`ok    ${name} (${Math.round(performance.now() - start)} ms)`);
    return result;
  } catch (error) {
    failures += 1;
    console.log(`FAIL  ${name}: ${error.stack}`);
    return undefined;
  }
}

/** Sockets answer what they cannot read, and stay open. */
async function unreadable() {
  const store = await Store.open(base.replace(/\/$/, ''));
  store.send({ type: 'register', sessionId: 'session_odd' });
  await store.until('registered', (state) => state.sessionId === 'session_odd');
  await store.refusal('not json');
  await store.refusal({ type: 'no_such_type' });
  await store.refusal({ type: 'register_admin', userId: '65f0c1d2e3a4b5968778695a' });
  await store.close();
}

const guest = new Rest(base.replace(/\/$/, ''));
const { token } = await guest.post('/auth/login', { email, password });
const admin = guest.as(token);
const customerToken = await scenario('a customer registers and signs in', () => register(guest, 'Lena'));
const customer = guest.as(customerToken);
const people = { base: guest.base, admin, customer, guest };

const product = await scenario('products', () => products(people));
const show = await scenario('a show from the web', () => aWholeShow({ ...people, product }));
const api = Object.fromEntries(['admin', 'customer', 'guest'].map((who) => [who, people[who].under('/api')]));
await scenario('a show from the phone, under /api', () => aShowFromThePhone({ ...people, ...api }));
await scenario('orders', () => orders({ ...people, product, show }));
await scenario('refusals, lists, scheduled shows', () => refusals({ ...people, show }));
await scenario('frames that cannot be read', unreadable);

console.log(failures === 0 ? 'seed clients: all served' : `seed clients: ${failures} scenario(s) not served`);
process.exit(failures === 0 ? 0 : 1);
