import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const binary = process.env.WRENCOS_BIN ?? join(root, 'target/test/wrencos');
const site = process.env.WRENCOS_SITE ?? join(root, 'target/test/site');

export const admin = { email: 'host@wrencos.test', password: 'a wren sings at dawn', name: 'Wren' };

/** Where a server keeps its things, when not with the others. */
export interface Place {
  /** The server runs a mongod of its own in its data folder, as a shop without settings does. */
  ownDatabase?: boolean;
  /** Recordings lie on a disk of their own of so many MiB. It is there for this server alone, and ends with it. */
  recordingsMib?: number;
}

const onOwnDisk = (mib: number) =>
  `mkdir -p "$DATA_DIR/recordings" && mount -t tmpfs -o size=${mib}m tmpfs "$DATA_DIR/recordings" && exec "$0" serve`;

/**
 * One running server with an empty database and data folder of its own. It keeps its port, database and folder when it
 * is killed and started again.
 */
export class ShopServer {
  private process?: ChildProcess;
  private log?: WriteStream;

  private constructor(
    private readonly port: number,
    private readonly dataDir: string,
    private readonly mongodbUri: string | undefined,
    private readonly settings: Record<string, string>,
    private readonly place: Place,
  ) {}

  static async start(name: string, settings: Record<string, string> = {}, place: Place = {}): Promise<ShopServer> {
    const uri = place.ownDatabase ? undefined : databaseUri(name);
    const server = new ShopServer(await freePort(), mkdtempSync(join(tmpdir(), 'wrencos-e2e-')), uri, settings, place);
    mkdirSync(join(root, 'target/test-reports'), { recursive: true });
    server.log = createWriteStream(join(root, `target/test-reports/server-${name}.log`));
    await server.launch().catch(async (error) => {
      await server.stop();
      throw error;
    });
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** The folder of its recordings as the server sees it. */
  get recordings(): string {
    return `/proc/${this.running().pid}/root${this.dataDir}/recordings`;
  }

  /** The process of its own database, while there is one. */
  get databasePid(): number | undefined {
    const pid = Number(read(join(this.dataDir, 'mongo/mongod.lock')).trim());
    // After a crash the number names nobody, or somebody else.
    return pid && read(`/proc/${pid}/cmdline`).includes(this.dataDir) ? pid : undefined;
  }

  /** Ends the process as a power cut would. */
  async kill9(): Promise<void> {
    const process = this.running();
    const exited = once(process, 'exit');
    process.kill('SIGKILL');
    await exited;
    this.process = undefined;
  }

  /** Starts again what [`kill9`] ended. */
  async restart(): Promise<void> {
    await this.launch();
  }

  async stop(): Promise<void> {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      const late = setTimeout(() => this.process?.kill('SIGKILL'), 15_000);
      await exited;
      clearTimeout(late);
    }
    this.log?.end();
    // Left behind by a server that was killed and not started again.
    const database = this.databasePid;
    if (database) process.kill(database, 'SIGKILL');
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private running(): ChildProcess {
    if (!this.process) throw new Error('the server is not running');
    return this.process;
  }

  private async launch(): Promise<void> {
    // A folder without settings files, and no setting but these: a developer's own must not reach the tests.
    const { recordingsMib } = this.place;
    const [program, words] = recordingsMib ? ['unshare', ['-rm', 'sh', '-c', onOwnDisk(recordingsMib), binary]] : [binary, ['serve']];
    const process_ = spawn(program, words, {
      cwd: this.dataDir,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...(this.place.ownDatabase ? { MONGOD: process.env.MONGOD, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME } : {}),
        RUST_BACKTRACE: '1',
        RUST_LOG: process.env.RUST_LOG ?? 'info',
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        MONGODB_URI: this.mongodbUri,
        ADMIN_EMAIL: admin.email,
        ADMIN_PASSWORD: admin.password,
        LEPTOS_OUTPUT_NAME: 'wrencos',
        LEPTOS_SITE_ROOT: site,
        LEPTOS_SITE_PKG_DIR: 'pkg',
        LEPTOS_ENV: 'PROD',
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = process_;
    let recent = '';
    for (const stream of [process_.stdout, process_.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        recent = (recent + bytes.toString()).slice(-4000);
        this.log?.write(bytes);
      });
    }
    await this.ready(() => recent);
  }

  private async ready(recent: () => string): Promise<void> {
    const patienceMs = this.place.ownDatabase ? 90_000 : 30_000;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      if (this.process?.exitCode !== null) throw new Error(`the server stopped while starting:\n${recent()}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`the server is not ready after ${patienceMs / 1000} s:\n${recent()}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A TCP port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The shared test database server with a database of this server's own. */
function databaseUri(name: string): string {
  const shared = process.env.WRENCOS_TEST_MONGODB;
  if (!shared) throw new Error('WRENCOS_TEST_MONGODB is not set; run the browser tests by `make test` or scripts/test.sh browser');
  const uri = new URL(shared);
  uri.pathname = `/e2e_${name}_${Date.now().toString(36)}`;
  return uri.toString();
}
