// REST as the replaced system's clients speak it: JSON both ways, the token in a header, answers read without looking at
// more than they need.

import assert from 'node:assert/strict';

export class Rest {
  /** `prefix` is '' or '/api': the same routes are under both. */
  constructor(base, { token, prefix = '' } = {}) {
    Object.assign(this, { base, token, prefix });
  }

  as(token) {
    return new Rest(this.base, { token, prefix: this.prefix });
  }

  under(prefix) {
    return new Rest(this.base, { token: this.token, prefix });
  }

  /** The body of an answer with this status. A client without a body to send sends none, and no content type. */
  async call(method, path, body, { status = 200, headers = {} } = {}) {
    const isForm = body instanceof FormData;
    const response = await fetch(this.base + this.prefix + path, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isForm || body === undefined ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const said = `${method} ${this.prefix}${path}: ${response.status} ${text.slice(0, 300)}`;
    assert.equal(response.status, status, said);
    const answer = text ? JSON.parse(text) : null;
    if (status >= 400) {
      assert.equal(typeof answer?.message, 'string', `${said}: a refusal has a message`);
      assert.match(answer.code ?? '', /^[a-z][a-z0-9_]*$/, `${said}: a refusal has a code`);
      if (status === 422 && answer.fields) assert.equal(typeof answer.fields, 'object', said);
      if (status === 429) assert.ok(Number(response.headers.get('retry-after')) >= 1, said);
    }
    return answer;
  }

  get(path, options) {
    return this.call('GET', path, undefined, options);
  }

  post(path, body, options) {
    return this.call('POST', path, body, options);
  }

  put(path, body, options) {
    return this.call('PUT', path, body, options);
  }

  delete(path, options) {
    return this.call('DELETE', path, undefined, options);
  }

  /** A file as a player asks for a part of it. */
  file(path, headers = {}) {
    return fetch(this.base + path, { headers });
  }
}
