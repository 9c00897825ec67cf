// Puts a brotli and a gzip version beside every text and WASM file of a site, as the server serves them to browsers
// that take them, and prints what a customer's first page costs. Usage: compress-site.mjs SITE_FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const site = process.argv[2];
// Pictures and fonts are compressed in themselves.
const compressible = new Set(['.wasm', '.js', '.css', '.svg', '.json', '.txt', '.html', '.webmanifest', '.ico']);

const rows = [];
for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !compressible.has(extname(entry.name))) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const raw = readFileSync(path);
  const brotli = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }));
  rows.push({ name: relative(site, path), raw: raw.length, brotli: brotli.length });
}

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
console.log(`${'file'.padEnd(44)}${'raw'.padStart(11)}${'brotli'.padStart(11)}`);
for (const { name, raw, brotli } of rows.sort((a, b) => b.brotli - a.brotli)) {
  if (name.startsWith('pkg')) console.log(`${name.padEnd(44)}${kB(raw)}${kB(brotli)}`);
}

// Split-off parts load when their page is opened; the first page of a customer loads this file alone.
const main = rows.find(({ name }) => name === join('pkg', 'wrencos.wasm'));
if (!main) throw new Error(`${site}/pkg/wrencos.wasm is missing`);
console.log(`WASM of a customer's page: ${kB(main.raw).trim()} raw, ${kB(main.brotli).trim()} brotli`);
