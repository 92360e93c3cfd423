// When a provider says it may be asked again: headers first, then the body, where some put it.

import type { Headers } from './exchange.ts';

const dayMs = 86_400_000;
/** A promise further away is more likely a mistake in reading it. */
const waitMsMax = 31 * dayMs;

/** Milliseconds from now, or undefined when nothing is said. */
export function readRetryAfter(headers: Headers, body: string, nowMs: number): number | undefined {
  const said = fromRetryAfter(headers, nowMs) ?? fromResets(headers, nowMs) ?? fromBody(body, nowMs);
  return said === undefined || !Number.isFinite(said) ? undefined : Math.min(Math.max(0, Math.ceil(said)), waitMsMax);
}

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

function fromRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const exact = first(headers['retry-after-ms']);
  if (exact !== undefined && Number.isFinite(Number(exact))) return Number(exact);
  const plain = first(headers['retry-after']);
  if (plain === undefined) return undefined;
  if (Number.isFinite(Number(plain))) return Number(plain) * 1_000;
  const at = Date.parse(plain);
  return Number.isNaN(at) ? undefined : at - nowMs;
}

/** The windows that are used up decide; of several, the one that opens last. */
function fromResets(headers: Headers, nowMs: number): number | undefined {
  const waits: number[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!/ratelimit.*-reset|ratelimit-reset/.test(name)) continue;
    const remaining = first(headers[name.replace('reset', 'remaining')]);
    if (remaining !== undefined && Number(remaining) > 0) continue;
    const wait = readReset(first(value) ?? '', nowMs);
    if (wait !== undefined) waits.push(wait);
  }
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const unitMs: Readonly<Record<string, number>> = { d: dayMs, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `1m30.5s` and `20ms` (OpenAI), an RFC 3339 time (Anthropic), seconds, or seconds since 1970. */
function readReset(text: string, nowMs: number): number | undefined {
  const seconds = Number(text);
  if (text !== '' && Number.isFinite(seconds)) {
    if (seconds > 1e12) return seconds - nowMs;
    return seconds > 1e9 ? seconds * 1_000 - nowMs : seconds * 1_000;
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|d|h|m|s)/g)];
  if (parts.length > 0 && parts.map((part) => part[0]).join('') === text) {
    return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - nowMs;
}

function fromBody(body: string, nowMs: number): number | undefined {
  // Google: {"@type": ".../RetryInfo", "retryDelay": "34.07s"}.
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
  if (delay !== undefined) return Number(delay) * 1_000;
  // OpenAI: "Please try again in 1m30s".
  const again = /try again in ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+)/i.exec(body)?.[1];
  if (again !== undefined) return readReset(again, nowMs);
  // Anthropic: "You will regain access on 2026-01-01 at 00:00 UTC".
  const regain = /regain access on (\d{4}-\d{2}-\d{2})(?: at (\d{2}:\d{2}))? ?UTC/i.exec(body);
  return regain === null ? undefined : Date.parse(`${regain[1]}T${regain[2] ?? '00:00'}:00Z`) - nowMs;
}
