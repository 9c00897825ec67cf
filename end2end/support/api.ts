import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { admin } from './server';

export interface Product {
  _id: string;
  name: string;
  price: number;
  stock: number;
  images: string[];
}

export interface Livestream {
  _id: string;
  title: string;
  thumbnailUrl: string;
  status: 'scheduled' | 'live' | 'ended';
  likes: number;
  viewerCount: number;
  pinnedProducts: { productId: string }[];
  chatMessages: { message: string; username: string; isAdmin: boolean; seq: number }[];
}

export interface Answer<T = any> {
  status: number;
  body: T;
}

/** The REST interface, as its clients use it. */
export class ShopApi {
  private adminToken?: string;

  constructor(private readonly url: string) {}

  /** Sends a request as it is and gives whatever came back, refusals too. */
  async send<T = any>(method: string, path: string, body?: unknown, token?: string): Promise<Answer<T>> {
    const response = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  }

  /** As the admin; throws when refused. */
  async asAdmin<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    return expectOk(`${method} ${path}`, await this.send<T>(method, path, body, await this.adminSession()));
  }

  /** The admin's token; signed in once, as logins are throttled. */
  async adminSession(): Promise<string> {
    this.adminToken ??= (await this.login(admin.email, admin.password)).token;
    return this.adminToken;
  }

  async login(email: string, password: string): Promise<{ token: string }> {
    return expectOk('login', await this.send('POST', '/auth/login', { email, password }));
  }

  async register(email: string, password: string, name: string): Promise<{ token: string }> {
    return expectOk('register', await this.send('POST', '/auth/register', { email, password, name }));
  }

  async createProduct(name: string, fields: Partial<Product> = {}): Promise<Product> {
    const { product } = await this.asAdmin<{ product: Product }>('POST', '/products', { name, price: 1900, stock: 20, ...fields });
    return product;
  }

  /** Uploads a picture of a product and gives the path that the shop serves it under. */
  async uploadPicture(file: string): Promise<string> {
    const form = new FormData();
    form.append('image', new Blob([new Uint8Array(await readFile(file))]), basename(file));
    const response = await fetch(`${this.url}/uploads/product-image`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.adminSession()}` },
      body: form,
    });
    return expectOk<{ url: string }>('upload', { status: response.status, body: await response.json() }).url;
  }

  async activeShow(): Promise<Livestream | null> {
    return expectOk('active show', await this.send<{ livestream: Livestream | null }>('GET', '/livestreams/active')).livestream;
  }

  async show(id: string): Promise<Livestream> {
    return expectOk('show', await this.send<{ livestream: Livestream }>('GET', `/livestreams/${id}`)).livestream;
  }

  /** A live show without a host, for what needs no picture. */
  async startShow(title: string): Promise<Livestream> {
    return (await this.asAdmin<{ livestream: Livestream }>('POST', '/livestreams', { title, description: '', quality: '720p' })).livestream;
  }

  /** A show that waits for its time. */
  async planShow(title: string, at: Date, fields: Record<string, unknown> = {}): Promise<Livestream> {
    const body = { title, description: '', quality: '720p', scheduledAt: at.toISOString(), ...fields };
    return (await this.asAdmin<{ livestream: Livestream }>('POST', '/livestreams', body)).livestream;
  }

  /** Ends whatever is live, so that the next test starts from silence. */
  async endShows(): Promise<void> {
    for (let show = await this.activeShow(); show; show = await this.activeShow()) {
      await this.asAdmin('POST', `/livestreams/${show._id}/stop`, {});
    }
  }
}

function expectOk<T>(what: string, answer: Answer<T>): T {
  if (answer.status >= 300) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
