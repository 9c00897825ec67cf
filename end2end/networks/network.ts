import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';

/** The port of the media server: the default, which nobody else can have in a network of one's own. */
export const mediaPort = 3010;

const table = ['inet', 'lab'];

/** The packet filter of the namespace that the tests run in, open at first. */
export class Network {
  private constructor() {}

  static open(): Network {
    // A filter of the machine's own network is none of our business.
    const isOurs = networkInterfaces().lab0?.some(({ address }) => address === '10.9.0.1');
    if (!isOurs) throw new Error('these tests set a packet filter, in a network of their own; run them by `make networks`');
    nft('add', 'table', ...table);
    nft('add', 'chain', ...table, 'input', '{ type filter hook input priority 0; }');
    return new Network();
  }

  /** From now on packets that match are lost: `udp dport 3010`; with `percent`, so many of a hundred, at random. */
  lose(match: string, percent = 100): void {
    const chance = percent < 100 ? ['numgen', 'random', 'mod', '100', '<', String(percent)] : [];
    nft('add', 'rule', ...table, 'input', ...match.split(' '), ...chance, 'counter', 'drop');
  }

  /** Packets that were lost so far. */
  lost(): number {
    const counters = nft('list', 'chain', ...table, 'input').matchAll(/counter packets (\d+)/g);
    return [...counters].reduce((sum, [, packets]) => sum + Number(packets), 0);
  }

  close(): void {
    nft('delete', 'table', ...table);
  }
}

function nft(...words: string[]): string {
  return execFileSync('nft', words, { encoding: 'utf8' });
}
