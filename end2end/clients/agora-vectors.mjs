// Makes src/tests/data/agora-tokens.json: tokens as Agora's own packages build them, for a fixed salt and time.
//   npm install --no-save agora-access-token@2.0.4 agora-token@2.0.6
//   node end2end/clients/agora-vectors.mjs COUNT > src/tests/data/agora-tokens.json
// The inputs come from a small generator with a fixed seed, so that the file can be made again.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { AccessToken, priviledges } = require('agora-access-token/src/AccessToken');
const { AccessToken2, ServiceRtc } = require('agora-token/src/AccessToken2');

let seed = 0x57_52_45_4e;
function random(below) {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) % below;
}

function text(alphabet, length) {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

const HEX = '0123456789abcdef';
// What Agora allows in the name of a channel.
const CHANNEL = ` ${'abcdefghijklmnopqrstuvwxyz'}${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'}0123456789!#$%&()+-:;<=.>?@[]^_{}|~,`;
const DAY_S = 24 * 3600;

const vectors = Array.from({ length: Number(process.argv[2] ?? 50) }, (_, at) => {
  const appId = text(HEX, 32);
  const certificate = text(HEX, 32);
  const channel = at % 2 === 0 ? `livestream_${text(HEX, 24)}` : text(CHANNEL, 1 + random(63));
  const uid = at % 5 === 0 ? 0 : random(2 ** 32);
  const role = at % 3 === 0 ? 'publisher' : 'subscriber';
  const salt = 1 + random(99_999_999);
  const nowS = 1_600_000_000 + random(1_000_000_000);
  const expiresS = nowS + DAY_S;

  const six = new AccessToken(appId, certificate, channel, uid);
  Object.assign(six, { salt, ts: expiresS });
  const publishing = ['kPublishAudioStream', 'kPublishVideoStream', 'kPublishDataStream'];
  for (const name of ['kJoinChannel', ...(role === 'publisher' ? publishing : [])]) six.addPriviledge(priviledges[name], expiresS);

  const seven = new AccessToken2(appId, certificate, nowS, DAY_S);
  seven.salt = salt;
  const service = new ServiceRtc(channel, uid);
  const publishing7 = ['kPrivilegePublishAudioStream', 'kPrivilegePublishVideoStream', 'kPrivilegePublishDataStream'];
  for (const name of ['kPrivilegeJoinChannel', ...(role === 'publisher' ? publishing7 : [])]) service.add_privilege(ServiceRtc[name], DAY_S);
  seven.add_service(service);

  return { appId, certificate, channel, uid, role, salt, nowS, v006: six.build(), v007: seven.build() };
});

console.log(`[\n${vectors.map((vector) => JSON.stringify(vector)).join(',\n')}\n]`);
