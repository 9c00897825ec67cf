// Prints one plain line that sums up the test runners' own reports. Usage: test-summary.mjs all|rust|browser FOLDER
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [which, folder] = process.argv.slice(2);
const parts = [];

if (which !== 'browser') {
  const report = readFileSync(join(folder, 'rust.txt'), 'utf8').replace(/\x1b\[[0-9;]*m/g, '');
  const summary = report.match(/^\s*Summary .*$/m)?.[0] ?? '';
  const count = (word) => Number(summary.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  // Without a summary the tests did not even start: that is a failure, not "0 failed".
  const failed = summary ? count('failed') + count('timed out') : 1;
  parts.push({ name: 'Rust', passed: count('passed'), failed });
}
if (which !== 'rust') {
  const played = readFileSync(join(folder, 'clients.txt'), 'utf8');
  const count = (mark) => played.match(new RegExp(`^${mark} `, 'gm'))?.length ?? 0;
  // Without its last line the suite broke off.
  parts.push({ name: 'clients', passed: count('ok'), failed: Math.max(count('FAIL'), /^seed clients: /m.test(played) ? 0 : 1) });
  const path = join(folder, 'browser.json');
  if (existsSync(path)) {
    const { stats, errors } = JSON.parse(readFileSync(path, 'utf8'));
    parts.push({ name: 'browser', passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length });
  } else {
    parts.push({ name: 'browser', passed: 0, failed: 1 });
  }
}

const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
const detail = parts.map(({ name, passed, failed }) => `${name} ${passed}/${passed + failed}`).join(', ');
console.log(`${sum('passed')} passed, ${sum('failed')} failed (${detail})`);
