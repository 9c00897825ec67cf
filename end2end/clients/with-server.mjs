// Runs the client suite, or another command, against a server of its own:
//   WRENCOS_BIN=… WRENCOS_SITE=… WRENCOS_TEST_MONGODB=… node end2end/clients/with-server.mjs [COMMAND…]
// A command finds the server in WRENCOS_URL, and its admin in WRENCOS_ADMIN_EMAIL and WRENCOS_ADMIN_PASSWORD.
// The server has a fresh database and data folder, and an Agora app that is made up: tokens are built without asking anyone.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const { PATH, HOME, WRENCOS_TEST_MONGODB } = process.env;
if (!WRENCOS_TEST_MONGODB) throw new Error('WRENCOS_TEST_MONGODB is not set; run this by scripts/with-mongod.sh');

const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address();
probe.close();
await once(probe, 'close');

// A suite that is about the media server says so by the server's own settings.
const media = Object.fromEntries(['MEDIA', 'SFU_UDP_PORT', 'PUBLIC_IP'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

const admin = { email: 'host@wrencos.test', password: 'a wren sings at dawn' };
const data = mkdtempSync(join(tmpdir(), 'wrencos-clients-'));
const database = new URL(WRENCOS_TEST_MONGODB);
database.pathname = `/clients_${Date.now().toString(36)}`;
const server = spawn(process.env.WRENCOS_BIN ?? join(root, 'target/test/wrencos'), ['serve'], {
  cwd: data,
  env: {
    PATH,
    HOME,
    PORT: String(port),
    DATA_DIR: data,
    MONGODB_URI: database.toString(),
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    AGORA_APP_ID: '0123456789abcdef0123456789abcdef',
    AGORA_APP_CERTIFICATE: 'fedcba9876543210fedcba9876543210',
    LEPTOS_OUTPUT_NAME: 'wrencos',
    LEPTOS_SITE_ROOT: process.env.WRENCOS_SITE ?? join(root, 'target/test/site'),
    LEPTOS_SITE_PKG_DIR: 'pkg',
    RUST_LOG: 'warn',
    ...media,
  },
  stdio: ['ignore', 'inherit', 'inherit'],
});

let code = 1;
try {
  await ready();
  const url = `http://127.0.0.1:${port}`;
  const [command, ...args] = process.argv[2] ? process.argv.slice(2) : [process.execPath, join(here, 'seed-clients.mjs'), url, admin.email, admin.password];
  const told = { WRENCOS_URL: url, WRENCOS_ADMIN_EMAIL: admin.email, WRENCOS_ADMIN_PASSWORD: admin.password };
  const suite = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...told } });
  [code] = await once(suite, 'exit');
} finally {
  if (server.exitCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }
  rmSync(data, { recursive: true, force: true });
}
process.exit(code ?? 1);

async function ready() {
  const deadline = Date.now() + 30_000;
  while (server.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('the server did not become ready');
}
