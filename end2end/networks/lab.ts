import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';
import { Firefox } from './firefox';
import { Network } from './network';

export { expect };

/** What a project of networks.config.ts says. */
export interface LabSettings {
  /** Settings of the server. */
  settings: Record<string, string>;
}

interface LabFixtures {
  /** Opens a Firefox for somebody; watched as the pages in Chromium are. */
  firefox: (name: string) => Promise<Firefox>;
  /** The filter of the network, open at first. */
  network: Network;
}

export const test = base.extend<LabFixtures, LabSettings>({
  settings: [{}, { option: true, scope: 'worker' }],

  server: [
    async ({ settings }, use, worker) => {
      const server = await ShopServer.start(`network_${worker.project.name}${worker.workerIndex}`, settings);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  firefox: async ({ shop, guard }, use) => {
    const opened: Firefox[] = [];
    await use(async (name) => {
      const firefox = await Firefox.open(name, shop.url, guard);
      opened.push(firefox);
      return firefox;
    });
    for (const firefox of opened) await firefox.close();
  },

  network: async ({}, use) => {
    const network = Network.open();
    await use(network);
    network.close();
  },
});
