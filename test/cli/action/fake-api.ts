/** GitHub's comments of one pull request. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: { readonly body: string } | undefined;
}

/** GitHub's comments of one pull request. */
export class FakeApi {
  readonly asked: Asked[] = [];
  comments: { id: number; body: string; user: { login: string } }[] = [];
  status = 200;
  readonly #server: Server = createServer((request, answer) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url!, 'http://localhost');
      const body = text === '' ? undefined : JSON.parse(text);
      this.asked.push({ method: request.method!, path: url.pathname, body });
      answer.setHeader('content-type', 'application/json');
      answer.statusCode = request.headers.authorization === 'Bearer secret' ? this.status : 401;
      answer.end(JSON.stringify(answer.statusCode === 200 ? this.#answer(request.method!, url, body) : {}));
    });
  });

  #answer(method: string, url: URL, body: { body: string }): unknown {
    if (method === 'GET') {
      const [each, page] = [Number(url.searchParams.get('per_page')), Number(url.searchParams.get('page'))];
      return this.comments.slice(each * (page - 1), each * page);
    }
    if (method === 'POST')
      this.comments.push({
        id: 1000 + this.comments.length,
        user: { login: 'github-actions[bot]' },
        ...body,
      });
    else Object.assign(this.comments.find(({ id }) => url.pathname.endsWith(`/${id}`))!, body);
    return {};
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}
