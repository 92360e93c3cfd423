// The files of a log as a server gives them. Nothing of it is believed: whoever reads them verifies them.
import { temporary } from '@chorale/lib-errors';
import type { LogFiles } from '@chorale/module-access';

export interface LogAddress {
  /** Where the API is, as in `http://127.0.0.1:7717`. */
  readonly server: string;
  readonly tenant: string;
  /** What goes along with each request, such as who asks. */
  readonly headers: Readonly<Record<string, string>>;
}

export function openLogOverHttp({ server, tenant, headers }: LogAddress, signal?: AbortSignal): LogFiles {
  const base = `${server}/v1/audit/${encodeURIComponent(tenant)}`;
  return {
    async read(path) {
      const response = await fetch(`${base}/${path}`, {
        headers,
        redirect: 'error',
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      await response.body?.cancel();
      if (response.status === 404) return undefined;
      throw temporary('audit-file-unreadable', `${server} answered ${response.status} to ${path} of the log.`, {
        action: 'Verifying asks for the role auditor, admin or owner: look at who you are, then try again.',
      });
    },
  };
}
