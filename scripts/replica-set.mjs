// Makes a fresh mongod on 127.0.0.1 the one node of the replica set `rs0` and waits until it takes writes.
// Usage: replica-set.mjs PORT. Speaks the two messages of MongoDB's wire protocol that this needs, so that no shell
// and no driver have to be installed.
import { connect } from 'node:net';

const port = Number(process.argv[2]);
const deadline = Date.now() + 60_000;

/** Encodes a document of strings, whole numbers, documents and arrays as BSON. */
function bson(document) {
  const elements = Object.entries(document).map(([key, value]) => {
    const name = Buffer.from(`${key}\0`);
    if (typeof value === 'string') {
      const text = Buffer.from(`${value}\0`);
      return Buffer.concat([Buffer.of(0x02), name, int32(text.length), text]);
    }
    if (typeof value === 'number') return Buffer.concat([Buffer.of(0x10), name, int32(value)]);
    return Buffer.concat([Buffer.of(Array.isArray(value) ? 0x04 : 0x03), name, bson(value)]);
  });
  const body = Buffer.concat([...elements, Buffer.of(0)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** Sends one command (OP_MSG) and resolves with the bytes of the reply. */
function command(document) {
  return new Promise((resolve, reject) => {
    const body = Buffer.concat([int32(0), Buffer.of(0), bson({ ...document, $db: 'admin' })]);
    const message = Buffer.concat([int32(body.length + 16), int32(1), int32(0), int32(2013), body]);
    const socket = connect(port, '127.0.0.1', () => socket.write(message));
    let reply = Buffer.alloc(0);
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within 10 s')));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      reply = Buffer.concat([reply, bytes]);
      if (reply.length >= 4 && reply.length >= reply.readInt32LE(0)) {
        socket.end();
        resolve(reply);
      }
    });
  });
}

async function until(what, attempt) {
  for (;;) {
    try {
      if (await attempt()) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const initiate = { replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } };
await until('mongod answers', () => command(initiate));
// A boolean element is its type byte, its name and one byte.
const writable = Buffer.concat([Buffer.of(0x08), Buffer.from('isWritablePrimary\0'), Buffer.of(1)]);
await until('mongod takes writes', async () => (await command({ hello: 1 })).includes(writable));
