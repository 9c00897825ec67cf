import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './server';

const binary = process.env.JANUS ?? 'janus';

/** An address of this machine that is not loopback: Janus gathers no other. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((found) => found && found.family === 'IPv4' && !found.internal)?.address;

/** Why there can be no Janus here, if so. */
export function lacksJanus(): string | undefined {
  if (spawnSync(binary, ['--version'], { stdio: 'ignore', timeout: 5000 }).error) return 'there is no janus here (install janus)';
  return address ? undefined : 'this machine has no network but loopback, which Janus does not use';
}

/** A Janus with the VideoRoom plugin and nothing else. It keeps its port when it is killed and started again. */
export class Janus {
  readonly secret = 'the secret of the engine test';
  private process?: ChildProcess;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {}

  /** One that is not started yet. */
  static async prepare(): Promise<Janus> {
    const janus = new Janus(await freePort(), mkdtempSync(join(tmpdir(), 'wrencos-janus-')));
    const write = (name: string, text: string) => writeFileSync(join(janus.folder, name), text);
    const others = ['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'];
    write(
      'janus.jcfg',
      `general: { api_secret = "${janus.secret}" debug_level = 3 }
       nat: { ice_enforce_list = "${address}" }
       plugins: { disable = "${others.map((name) => `libjanus_${name}.so`).join(',')}" }
       transports: { disable = "libjanus_websockets.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so" }`,
    );
    write('janus.transport.http.jcfg', `general: { base_path = "/janus" http = true port = ${janus.port} ip = "127.0.0.1" https = false } admin: { admin_http = false }`);
    write('janus.plugin.videoroom.jcfg', 'general: { }');
    return janus;
  }

  get url(): string {
    return `janus+http://127.0.0.1:${this.port}/janus`;
  }

  async start(): Promise<void> {
    const child = spawn(binary, ['-F', this.folder], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (said = (said + bytes).slice(-4000)));
    const deadline = Date.now() + 20_000;
    const answers = () =>
      fetch(`http://127.0.0.1:${this.port}/janus/info`).then(
        (response) => response.ok,
        () => false,
      );
    while (!(await answers())) {
      if (child.exitCode !== null) throw new Error(`janus ended:\n${said}`);
      if (Date.now() > deadline) throw new Error(`janus does not answer:\n${said}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Ends it as a power cut would. */
  async kill9(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async remove(): Promise<void> {
    await this.kill9();
    await rm(this.folder, { recursive: true, force: true });
  }
}
