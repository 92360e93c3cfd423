// A server that speaks S3, for tests: @20minutes/s3rver, the maintained continuation of s3rver. It checks signatures, and keeps
// multipart uploads and copies, and checks presigned addresses. It does not hold bodies against `x-amz-content-sha256`, lists no
// uploads, has no lifecycle rules and no versions, and encodes `!'()*` otherwise than S3 in the query of a presigned address.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error the package has no types
import S3rver from '@20minutes/s3rver';
import type { S3Address } from './s3-address.ts';

export const account = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export interface S3Server {
  readonly address: S3Address;
  /** Keys of the objects that are there, by what they begin with. */
  list(begins: string): Promise<readonly string[]>;
  /** Changes one byte of an object, behind the server's back. */
  damage(key: string): Promise<void>;
  /** Removes every object. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const bucket = 'chorale-test';
const objectSuffix = '._S3rver_object';

export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'chorale-s3-'));
  const options = { port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: bucket }] };
  // The package has no types.
  const server = new S3rver(options) as {
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  } & Partial<Server>;
  const { port } = await server.run();
  const prefix = 'site/';
  const folder = join(directory, bucket);
  const files = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(objectSuffix));
  return {
    address: { bucket, prefix, endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' },
    async list(begins) {
      const keys = (await files()).map((name) => name.slice(prefix.length, -objectSuffix.length));
      return keys.filter((key) => key.startsWith(begins));
    },
    async damage(key) {
      const path = join(folder, `${prefix}${key}${objectSuffix}`);
      const bytes = await readFile(path);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      await writeFile(path, bytes);
    },
    async reset() {
      for (const name of await readdir(folder))
        if (name.startsWith('site')) await rm(join(folder, name), { recursive: true });
    },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
