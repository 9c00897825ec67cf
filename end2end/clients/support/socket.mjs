// A socket with the state that the replaced system's stores kept: a switch over the frames, and fields that views read.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';

const PATIENCE_MS = 10_000;

export class Store {
  constructor(url) {
    this.state = { chat: [], pinned: [], signals: [], errors: [] };
    this.frames = [];
    this.watchers = new Set();
    this.socket = new WebSocket(url);
    this.socket.on('message', (raw, isBinary) => {
      assert.equal(isBinary, false, 'frames are text');
      const frame = JSON.parse(raw.toString());
      this.frames.push(frame);
      this.take(frame);
      for (const look of this.watchers) look();
    });
  }

  static async open(base, { path = '/', token } = {}) {
    const query = token ? `?token=${encodeURIComponent(token)}` : '';
    const store = new Store(base.replace(/^http/, 'ws') + path + query);
    await once(store.socket, 'open');
    return store;
  }

  send(frame) {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  async close() {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  take(frame) {
    const { state } = this;
    switch (frame.type) {
      case 'registered':
        state.sessionId = frame.sessionId;
        break;
      case 'admin_registered':
        state.userId = frame.userId;
        break;
      case 'stream_update': {
        const { type, ...changed } = frame;
        Object.assign(state, changed);
        break;
      }
      case 'chat_history':
        state.chat = [...frame.messages];
        break;
      case 'chat_message':
        state.chat.push(frame);
        break;
      case 'pinned_products_updated':
        state.pinned = frame.pinnedProducts;
        break;
      case 'stream_started':
        state.isActive = true;
        state.streamData = frame.streamData;
        break;
      case 'stream_stopped':
        state.isActive = false;
        state.stopped = frame;
        break;
      case 'webrtc_broadcaster_available':
        state.broadcaster = frame.peerId;
        break;
      case 'webrtc_new_customer':
        state.waiting = frame.customerId;
        break;
      case 'webrtc_offer':
      case 'webrtc_answer':
      case 'webrtc_ice_candidate':
        state.signals.push(frame);
        break;
      case 'error':
        state.errors.push(frame);
        break;
      default:
        assert.fail(`a frame that no client knows: ${JSON.stringify(frame)}`);
    }
  }

  /** Waits until the state is such. */
  until(what, isSo) {
    if (isSo(this.state)) return Promise.resolve(this.state);
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!isSo(this.state)) return;
        clearTimeout(late);
        this.watchers.delete(look);
        resolve(this.state);
      };
      const late = setTimeout(() => {
        this.watchers.delete(look);
        reject(new Error(`not within ${PATIENCE_MS / 1000} s: ${what}; last frames: ${JSON.stringify(this.frames.slice(-6)).slice(0, 1500)}`));
      }, PATIENCE_MS);
      this.watchers.add(look);
    });
  }

  /** The error frame that answers the next refused frame. */
  async refusal(frame) {
    const before = this.state.errors.length;
    this.send(frame);
    await this.until('a refusal', (state) => state.errors.length > before);
    const error = this.state.errors.at(-1);
    assert.match(error.code, /^[a-z][a-z0-9_]*$/);
    assert.equal(typeof error.message, 'string');
    return error;
  }

  /** The types of the frames so far, without repetitions in a row. */
  kinds() {
    return this.frames.map((frame) => frame.type).filter((type, at, all) => type !== all[at - 1]);
  }
}
