import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const host = '127.0.0.1';
const binary = process.env.TURNSERVER ?? 'turnserver';

/** Whether this machine has coturn. */
export function hasTurnServer(): boolean {
  return spawnSync(binary, ['-h'], { stdio: 'ignore', timeout: 5000 }).error === undefined;
}

/** A TURN server on loopback that lets in who proves to know the secret, as shops run one. */
export class TurnServer {
  private constructor(
    readonly url: string,
    readonly secret: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<TurnServer> {
    const port = await freePort();
    const secret = 'the secret of the turn test';
    const folder = mkdtempSync(join(tmpdir(), 'wrencos-turn-'));
    const process = spawn(
      binary,
      [
        ['-n', '--listening-port', String(port), '--listening-ip', host, '--relay-ip', host, '--allow-loopback-peers'],
        ['--use-auth-secret', '--static-auth-secret', secret, '--realm', 'wrencos.test', '--fingerprint'],
        ['--no-tls', '--no-dtls', '--no-cli', '--no-multicast-peers', '--relay-threads', '1'],
        ['--userdb', join(folder, 'db'), '--pidfile', join(folder, 'pid'), '--log-file', 'stdout', '--simple-log'],
      ].flat(),
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [process.stdout, process.stderr]) stream?.on('data', (bytes: Buffer) => (said = (said + bytes).slice(-4000)));
    const deadline = Date.now() + 20_000;
    while (!(await answers(port))) {
      if (process.exitCode !== null) throw new Error(`turnserver ended:\n${said}`);
      if (Date.now() > deadline) throw new Error(`turnserver does not answer:\n${said}`);
    }
    return new TurnServer(`turn:${host}:${port}`, secret, process, folder);
  }

  async stop(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createSocket('udp4');
  probe.bind(0, host);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Asks for our own address (STUN, RFC 8489), for at most half a second. */
async function answers(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const request = Buffer.alloc(20);
  request.writeUInt16BE(1, 0);
  request.writeUInt32BE(0x2112a442, 4);
  socket.send(request, port, host);
  const heard = await Promise.race([
    once(socket, 'message').then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((done) => setTimeout(done, 500, false)),
  ]);
  socket.close();
  return heard;
}
