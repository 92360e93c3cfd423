// Wires the page: the client, the cache, the live connection, the keyboard and the views.
import '@fontsource-variable/inter/wght.css';
import './design/tokens.css';
import './design/base.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { createClient } from '@chorale/lib-client';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Gate } from './account/gate.tsx';
import { CommandProvider, CommandRegistry } from './app/commands.tsx';
import { focusTitleOnNavigation, router } from './app/router.tsx';
import { listenForShortcuts } from './app/shortcuts.ts';
import { applyThemeChoice } from './app/theme.ts';
import { BackendProvider } from './data/backend.tsx';
import { LiveUpdates } from './data/live-updates.ts';
import { createQueryClient } from './data/queries.ts';
import { queryKeys } from './data/query-keys.ts';
import { restWhileHidden } from './data/rest-while-hidden.ts';
import { Toasts } from './ui/toasts.tsx';

const tipDelayMs = 450;

const client = createClient({ baseUrl: '' });
const cache = createQueryClient();
const live = new LiveUpdates(client, cache);
const registry = new CommandRegistry();

applyThemeChoice();
focusTitleOnNavigation();
listenForShortcuts(registry, new AbortController().signal);
restWhileHidden({
  start: () => {
    if (cache.getQueryData(queryKeys.account)) live.start();
  },
  stop: () => live.stop(),
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={cache}>
        <BackendProvider backend={{ client, live }}>
          <CommandProvider value={registry}>
            <Tooltip.Provider delay={tipDelayMs}>
              <Toasts>
                <Gate>
                  <RouterProvider router={router} />
                </Gate>
              </Toasts>
            </Tooltip.Provider>
          </CommandProvider>
        </BackendProvider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
