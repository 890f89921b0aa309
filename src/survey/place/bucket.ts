/** A survey in a bucket of S3, or of a server with its protocol: MinIO, Ceph. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isSystemError, systemCode, systemMessage } from '../../artifact/file.ts';
import { loadOptional } from '../optional.ts';
import { type LentFile, type Place, PlaceError } from './place.ts';
import { makeTemporary, removeTemporary } from './temporary.ts';

/** The part of AWS' client that is used (https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/s3/). */
interface Sdk {
  readonly S3: new (options: object) => S3;
}

interface S3 {
  readonly config: { serviceConfiguredEndpoint?(): Promise<string | undefined> };
  putObject(input: OneObject & { readonly Body: Uint8Array | string }): Promise<unknown>;
  getObject(input: OneObject): Promise<Got>;
  headObject(input: OneObject): Promise<unknown>;
  deleteObject(input: OneObject): Promise<unknown>;
  listObjectsV2(input: {
    readonly Bucket: string;
    readonly Prefix: string;
    readonly ContinuationToken?: string;
  }): Promise<Listing>;
}

interface OneObject {
  readonly Bucket: string;
  readonly Key: string;
}

interface Got {
  readonly Body?: Readable & { transformToByteArray(): Promise<Uint8Array> };
  readonly ContentLength?: number;
}

interface Listing {
  readonly Contents?: readonly { readonly Key?: string; readonly Size?: number }[];
  readonly IsTruncated?: boolean;
  readonly NextContinuationToken?: string;
}

/** A file in a listing. */
export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
}

type Limit = <T>(work: () => Promise<T>) => Promise<T>;

const PACKAGE = '@aws-sdk/client-s3';
/** Requests at a time: more wait for the client's sockets. */
export const REQUESTS_TOGETHER = 16;
/** A server that doesn't answer is given up after these; the client then tries twice more. */
const CONNECTION_MS = 10_000;
const SILENCE_MS = 60_000;
/** How often a file is asked for whose bytes didn't arrive: the client repeats only what had no answer. */
const DOWNLOADS = 3;

/** `s3://BUCKET` or `s3://BUCKET/PREFIX`. */
export interface BucketName {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
}

/** Keys are names after `PREFIX/`. An object is written whole by itself. */
export class BucketPlace implements Place {
  readonly name: string;
  readonly #client: S3;
  readonly #bucket: string;
  readonly #before: string;
  readonly #limit: Limit;

  private constructor(client: S3, { bucket, prefix }: BucketName, limit: Limit) {
    this.#client = client;
    this.#bucket = bucket;
    this.#before = prefix === '' ? '' : `${prefix}/`;
    this.#limit = limit;
    this.name = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  }

  /**
   * Loads the client. It finds the endpoint, the region and credentials, in the environment or in AWS' files; nothing is asked
   * of the bucket. Throws {@link MissingPackageError}.
   * @param cwd the folder that fwmap is run in
   */
  static async open(name: BucketName, cwd: string): Promise<BucketPlace> {
    // The client has notes about coming versions of itself, several lines with each start.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const [{ S3 }, { default: pLimit }] = await Promise.all([
      loadOptional(PACKAGE, cwd) as Promise<Sdk>,
      import('p-limit'),
    ]);
    const options = {
      followRegionRedirects: true,
      requestHandler: { connectionTimeout: CONNECTION_MS, socketTimeout: SILENCE_MS },
    };
    const client = new S3(options);
    let endpoint: string | undefined;
    try {
      endpoint = await client.config.serviceConfiguredEndpoint?.();
    } catch (error) {
      throw new PlaceError(`the settings of ${PACKAGE}: ${reasonOf(error)}`);
    }
    // Other servers have no host name for each bucket.
    return new BucketPlace(
      endpoint === undefined ? client : new S3({ ...options, forcePathStyle: true }),
      name,
      pLimit(REQUESTS_TOGETHER),
    );
  }

  #key(name: string): OneObject {
    return { Bucket: this.#bucket, Key: `${this.#before}${name}` };
  }

  #error(what: string, key: string, error: unknown): PlaceError {
    return new PlaceError(`cannot ${what} s3://${this.#bucket}/${key}: ${reasonOf(error)}`, hintOf(error));
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#get(name, async ({ Body, ContentLength }) => {
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { result: bytes, isWhole: ContentLength === undefined || bytes.length === ContentLength };
    });
  }

  /** Writes the bytes of a file to `path`. Throws {@link PlaceError}, also where there is no such file. */
  async download(name: string, path: string): Promise<void> {
    const isThere = await this.#get(name, async ({ Body, ContentLength }) => {
      const file = createWriteStream(path);
      await pipeline(Body ?? [], file);
      return { result: true, isWhole: ContentLength === undefined || file.bytesWritten === ContentLength };
    });
    if (isThere === undefined) throw this.#error('read', this.#key(name).Key, new Error('no such object'));
  }

  /** Asks for a file and takes its bytes; undefined where there is none. */
  #get<T>(
    name: string,
    take: (got: Got) => Promise<{ readonly result: T; readonly isWhole: boolean }>,
  ): Promise<T | undefined> {
    const key = this.#key(name);
    return this.#limit(async () => {
      for (let tries = 1; ; tries += 1) {
        let got: Got;
        try {
          got = await this.#client.getObject(key);
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw this.#error('read', key.Key, error);
        }
        try {
          const { result, isWhole } = await take(got);
          if (isWhole) return result;
          throw new Error('it ended early');
        } catch (error) {
          if (tries === DOWNLOADS) throw this.#error('read', key.Key, error);
        }
      }
    });
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    const key = this.#key(name);
    try {
      await this.#limit(() => this.#client.putObject({ ...key, Body: content }));
    } catch (error) {
      throw this.#error('write', key.Key, error);
    }
  }

  async has(name: string): Promise<boolean> {
    const key = this.#key(name);
    try {
      await this.#limit(() => this.#client.headObject(key));
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw this.#error('look for', key.Key, error);
    }
  }

  async list(folder: string): Promise<string[]> {
    return (await this.listed(folder)).map(({ name }) => name);
  }

  /** As {@link list}, with sizes. */
  async listed(folder: string): Promise<ListedFile[]> {
    const Prefix = `${this.#before}${folder}/`;
    const files: ListedFile[] = [];
    let from: string | undefined;
    do {
      const page = await this.#page(Prefix, from);
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const name = Key.slice(Prefix.length);
        if (name !== '' && !name.includes('/')) files.push({ name, bytes: Size });
      }
      const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      if (page.IsTruncated === true && (next === undefined || next === from))
        throw this.#error('list', Prefix, new Error('the server does not continue the list'));
      from = next;
    } while (from !== undefined);
    return files;
  }

  async #page(Prefix: string, from: string | undefined): Promise<Listing> {
    const after = from === undefined ? {} : { ContinuationToken: from };
    try {
      return await this.#limit(() => this.#client.listObjectsV2({ Bucket: this.#bucket, Prefix, ...after }));
    } catch (error) {
      throw this.#error('list', Prefix, error);
    }
  }

  async remove(folder: string): Promise<void> {
    const names = await this.list(folder);
    await Promise.all(
      names.map(async (name) => {
        const key = this.#key(`${folder}/${name}`);
        try {
          await this.#limit(() => this.#client.deleteObject(key));
        } catch (error) {
          throw this.#error('remove', key.Key, error);
        }
      }),
    );
  }

  async lend(name: string): Promise<LentFile> {
    const folder = makeTemporary();
    const path = join(folder, 'file');
    try {
      await this.download(name, path);
    } catch (error) {
      removeTemporary(folder);
      throw error;
    }
    return { path, release: () => removeTemporary(folder) };
  }
}

/** Whether a server answered that there is no such object. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** What the server answered, or why it didn't. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) {
    // An answer without a body has no message.
    const message = error.message === '' || error.message === 'UnknownError' ? '' : `: ${error.message}`;
    return `${error.name}${message} (HTTP status ${status})`;
  }
  return isSystemError(error) ? systemMessage(error) : error.message || (systemCode(error) ?? error.name);
}

function hintOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === 'Region is missing') return 'set AWS_REGION';
  if (error.name === 'CredentialsProviderError')
    return 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE';
  return undefined;
}
