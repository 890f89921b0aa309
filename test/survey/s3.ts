/** A small S3 on loopback: objects in memory, lists in pages, and faults as they are asked for. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * What happens to a request instead of an answer: an error that may pass or one that doesn't, the connection is lost, at once
 * or amid the bytes of an object, or there is no answer.
 */
export type Trouble = 'error' | 'denied' | 'reset' | 'cut' | 'wait';

export interface Bucket {
  /** Objects by key. */
  readonly objects: Map<string, Buffer>;
  /** Each request that was answered or failed: `PUT a/b`. */
  readonly requests: string[];
  /** What the client finds it by. */
  readonly env: Readonly<Record<string, string>>;
  /** The trouble that a request meets. @param number of requests before it */
  trouble: (request: string, number: number) => Trouble | undefined;
  close(): Promise<void>;
}

const NAME = 'fleet';

function xml(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${inner}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Starts the server, with one bucket, `fleet`. @param pageSize how many keys a page of a list has */
export async function startS3(pageSize = 1000): Promise<Bucket> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    const [, name, ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    const body = await bodyOf(request);
    const told = `${request.method} ${key === '' ? (searchParams.get('prefix') ?? '') : key}`;
    const trouble = bucket.trouble(told, requests.length);
    requests.push(told);
    const fail = (status: number, code: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(xml(`<Error><Code>${code}</Code><Message>as the test wants it</Message></Error>`));
    };
    // The version of a signature that S3 takes today.
    const isSigned = /^AWS4-HMAC-SHA256 Credential=a-key\//.test(request.headers.authorization ?? '');
    if (trouble === 'wait') return;
    if (trouble === 'reset') request.socket.destroy();
    else if (trouble === 'error') fail(500, 'InternalError');
    else if (!isSigned || trouble === 'denied') fail(403, 'AccessDenied');
    else if (name !== NAME) fail(404, 'NoSuchBucket');
    else if (request.method === 'GET' && key === '') {
      const prefix = searchParams.get('prefix') ?? '';
      const after = searchParams.get('continuation-token') ?? '';
      const keys = [...objects.keys()].filter((each) => each.startsWith(prefix) && each > after).sort();
      const page = keys.slice(0, pageSize);
      const more =
        page.length < keys.length
          ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${escaped(page.at(-1)!)}</NextContinuationToken>`
          : '<IsTruncated>false</IsTruncated>';
      const contents = page.map(
        (each) => `<Contents><Key>${escaped(each)}</Key><Size>${objects.get(each)!.length}</Size></Contents>`,
      );
      response.end(xml(`<ListBucketResult>${more}${contents.join('')}</ListBucketResult>`));
    } else if (request.method === 'PUT') {
      objects.set(key, body);
      response.end();
    } else if (request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else {
      const object = objects.get(key);
      if (object === undefined) fail(404, 'NoSuchKey');
      else if (request.method === 'HEAD') response.writeHead(200, { 'content-length': object.length }).end();
      else if (trouble === 'cut') {
        response.writeHead(200, { 'content-length': object.length });
        response.write(object.subarray(0, object.length - 1), () => request.socket.destroy());
      } else response.writeHead(200, { 'content-length': object.length }).end(object);
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const bucket: Bucket = {
    objects,
    requests,
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${address.port}`,
      AWS_REGION: 'eu-test-1',
      AWS_ACCESS_KEY_ID: 'a-key',
      AWS_SECRET_ACCESS_KEY: 'a-secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      // Nothing of the host's own settings.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
    trouble: () => undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return bucket;
}
