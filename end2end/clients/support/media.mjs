// Small files such as the replaced clients upload, made here: a recording without media in it, and a picture.

import { deflateSync } from 'node:zlib';

/** A WebM file as Chromium's recorder begins one: header, open-ended segment, info, one video track, one cluster. */
export function webm(clusterBytes = 4096) {
  const element = (id, ...parts) => {
    const body = Buffer.concat(parts);
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
    return Buffer.concat([Buffer.from(id), size, body]);
  };
  const text = (value) => Buffer.from(value, 'latin1');
  const header = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], text('webm')), element([0x42, 0x87], Buffer.from([4])), element([0x42, 0x85], Buffer.from([2])));
  const info = element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], Buffer.from([0x0f, 0x42, 0x40])));
  const video = element([0xe0], element([0xb0], Buffer.from([0x05, 0x00])), element([0xba], Buffer.from([0x02, 0xd0])));
  const track = element([0xae], element([0xd7], Buffer.from([1])), element([0x73, 0xc5], Buffer.from([1])), element([0x83], Buffer.from([1])), element([0x86], text('V_VP8')), video);
  const tracks = element([0x16, 0x54, 0xae, 0x6b], track);
  const block = element([0xa3], Buffer.from([0x81, 0, 0, 0x80]), Buffer.alloc(clusterBytes, 7));
  const cluster = element([0x1f, 0x43, 0xb6, 0x75], element([0xe7], Buffer.from([0])), block);
  const openSegment = Buffer.from([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  return Buffer.concat([header, openSegment, info, tracks, cluster]);
}

/** A grey PNG of this size. */
export function png(width, height) {
  const chunk = (name, data) => {
    const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const rows = deflateSync(Buffer.alloc((width + 1) * height, 0));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

// ISO 3309, as PNG uses it.
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
