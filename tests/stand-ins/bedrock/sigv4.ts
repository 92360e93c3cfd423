// Checks the signature of a request as AWS does (Signature Version 4): written from the specification, so that the library
// that signs is not its own judge.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { VendorRequest } from '../core/protocol.ts';
import type { VendorError } from '../core/vendor-error.ts';
import { refusal } from './invalid.ts';

const service = 'bedrock';
const skewMsMax = 300_000;
const emptyHash = createHash('sha256').update('').digest('hex');

/** What goes with an access key of this stand-in. */
export const secretOf = (accessKeyId: string): string => `secret of ${accessKeyId}`;

const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** RFC 3986: what `encodeURIComponent` leaves alone is encoded too. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const refuse = (message: string, type = 'InvalidSignatureException'): VendorError => refusal(403, type, message);

/** @returns the access key. @throws VendorError */
export function checkSignature(request: VendorRequest, accessKeys: readonly string[]): string {
  const { authorization = '' } = request.headers;
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (parsed === null)
    throw refuse('The request signature does not conform to AWS standards.', 'IncompleteSignatureException');
  const [, accessKey = '', day = '', region = '', signedService = '', names = '', signature = ''] = parsed;
  if (!accessKeys.includes(accessKey))
    throw refuse('The security token included in the request is invalid.', 'UnrecognizedClientException');
  if (signedService !== service) throw refuse(`Credential should be scoped to correct service: '${service}'.`);
  const signedHeaders = names.split(';');
  for (const name of ['host', 'x-amz-date'])
    if (!signedHeaders.includes(name)) throw refuse(`'${name}' must be a signed header.`);
  const at = String(request.headers['x-amz-date'] ?? '');
  checkTime(at, day);
  const payload = request.headers['x-amz-content-sha256'];
  const payloadHash = request.bytes.length === 0 ? emptyHash : sha256(request.bytes);
  if (payload !== undefined && payload !== payloadHash) throw refuse('The provided x-amz-content-sha256 is wrong.');
  const canonical = [
    request.method,
    // Every segment is encoded once more than it is in the address.
    request.url.pathname.split('/').map(encode).join('/'),
    [...request.url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .toSorted()
      .join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replaceAll(/ +/g, ' ')}`,
    ),
    '',
    names,
    payloadHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce(mac, mac(`AWS4${secretOf(accessKey)}`, day));
  if (!timingSafeEqual(mac(key, toSign), Buffer.from(signature, 'hex'))) {
    throw refuse(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return accessKey;
}

function checkTime(at: string, day: string): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(at);
  if (parts === null || !at.startsWith(day))
    throw refuse('Date in Credential scope does not match the date of the request.');
  const [year = 0, month = 0, date = 0, hour, minute, second] = parts.slice(1).map(Number);
  if (Math.abs(Date.now() - Date.UTC(year, month - 1, date, hour, minute, second)) > skewMsMax)
    throw refuse('Signature expired.');
}
