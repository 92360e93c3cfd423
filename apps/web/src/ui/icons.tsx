// The page's own icons, drawn on a 16 px grid with one stroke width. They never carry meaning alone: each stands beside
// a word or in a control that has a label, so all are hidden from assistive technology.
import type { ReactNode } from 'react';

function icon(children: ReactNode): (props: { readonly size?: number }) => ReactNode {
  return ({ size = 16 }) => (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const GoalsIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.75" />
    <circle cx="8" cy="8" r="2.25" />
  </>,
);
export const ApprovalsIcon = icon(
  <>
    <path d="M2.5 9.5h3l1 1.75h3l1-1.75h3" />
    <path d="M4.4 3.25h7.2L13.5 9.5v2.25a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V9.5z" />
  </>,
);
export const WorkflowsIcon = icon(
  <>
    <rect x="2.5" y="2.5" width="4" height="4" rx="1" />
    <rect x="9.5" y="9.5" width="4" height="4" rx="1" />
    <path d="M4.5 6.5v3a2 2 0 0 0 2 2h3" />
  </>,
);
export const ModelsIcon = icon(
  <>
    <path d="M8 2.25 13 5v6l-5 2.75L3 11V5z" />
    <path d="M3 5l5 2.75L13 5M8 7.75v6" />
  </>,
);
export const MemoryIcon = icon(
  <>
    <ellipse cx="8" cy="4" rx="5" ry="1.75" />
    <path d="M3 4v8c0 1 2.25 1.75 5 1.75S13 13 13 12V4" />
    <path d="M3 8c0 1 2.25 1.75 5 1.75S13 9 13 8" />
  </>,
);
export const SystemIcon = icon(
  <>
    <rect x="2.5" y="3" width="11" height="4" rx="1" />
    <rect x="2.5" y="9" width="11" height="4" rx="1" />
    <path d="M5 5h.01M5 11h.01" />
  </>,
);
export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.25" />
    <path d="m10.25 10.25 3.25 3.25" />
  </>,
);
export const PlusIcon = icon(<path d="M8 3.25v9.5M3.25 8h9.5" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const CheckIcon = icon(<path d="m3.25 8.5 3 3 6.5-7" />);
export const ChevronRightIcon = icon(<path d="m6 3.5 4.5 4.5L6 12.5" />);
export const ChevronDownIcon = icon(<path d="m3.5 6 4.5 4.5L12.5 6" />);
export const PauseIcon = icon(<path d="M5.5 3.5v9M10.5 3.5v9" />);
export const PlayIcon = icon(<path d="M4.75 3.1v9.8L12.5 8z" />);
export const StopIcon = icon(<rect x="3.75" y="3.75" width="8.5" height="8.5" rx="1.5" />);
export const RetryIcon = icon(
  <>
    <path d="M13 8a5 5 0 1 1-1.6-3.7" />
    <path d="M13.25 2.5v2.75H10.5" />
  </>,
);
export const SkipIcon = icon(<path d="M3.5 3.75v8.5L9.5 8zM12.5 3.75v8.5" />);
export const MoreIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" />);
export const CopyIcon = icon(
  <>
    <rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.5" />
    <path d="M10.5 3H4.5A1.5 1.5 0 0 0 3 4.5v6" />
  </>,
);
export const DownloadIcon = icon(<path d="M8 2.75v7.5m-3-3 3 3 3-3M3 13h10" />);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.75v1M8 13.25v1M1.75 8h1M13.25 8h1M3.6 3.6l.7.7M11.7 11.7l.7.7M3.6 12.4l.7-.7M11.7 4.3l.7-.7" />
  </>,
);
export const MoonIcon = icon(<path d="M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z" />);
export const ScreenIcon = icon(
  <>
    <rect x="2.25" y="3" width="11.5" height="8" rx="1.25" />
    <path d="M6 13.25h4" />
  </>,
);
export const GraphIcon = icon(
  <>
    <circle cx="4" cy="4" r="1.75" />
    <circle cx="12" cy="8" r="1.75" />
    <circle cx="4" cy="12" r="1.75" />
    <path d="m5.6 4.8 4.8 2.4M5.6 11.2l4.8-2.4" />
  </>,
);
export const ListIcon = icon(<path d="M6 4h7.5M6 8h7.5M6 12h7.5M2.75 4h.01M2.75 8h.01M2.75 12h.01" />);
export const FileIcon = icon(
  <>
    <path d="M9 2.25H4.75a1 1 0 0 0-1 1v9.5a1 1 0 0 0 1 1h6.5a1 1 0 0 0 1-1V5.5z" />
    <path d="M9 2.25V5.5h3.25" />
  </>,
);
export const KeyboardIcon = icon(
  <>
    <rect x="1.75" y="4" width="12.5" height="8" rx="1.5" />
    <path d="M4.25 6.75h.01M6.75 6.75h.01M9.25 6.75h.01M11.75 6.75h.01M5.5 9.5h5" />
  </>,
);
export const AccountIcon = icon(
  <>
    <circle cx="8" cy="5.5" r="2.75" />
    <path d="M2.75 13.5c.6-2.6 2.7-4 5.25-4s4.65 1.4 5.25 4" />
  </>,
);
export const WarningIcon = icon(
  <>
    <path d="M7.1 2.9 1.9 11.6a1 1 0 0 0 .87 1.5h10.46a1 1 0 0 0 .87-1.5L8.9 2.9a1.05 1.05 0 0 0-1.8 0z" />
    <path d="M8 6.25v2.9M8 11.1h.01" />
  </>,
);
export const HelpIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M6.4 6.3a1.65 1.65 0 1 1 2.4 1.5c-.5.27-.8.6-.8 1.2M8 11.1h.01" />
  </>,
);
export const ClockIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M8 4.75V8l2.25 1.5" />
  </>,
);
export const MessageIcon = icon(
  <path d="M3 3.5h10a.75.75 0 0 1 .75.75v6.5a.75.75 0 0 1-.75.75H7.5L4.5 14v-2.5H3a.75.75 0 0 1-.75-.75v-6.5A.75.75 0 0 1 3 3.5z" />,
);
export const AuditIcon = icon(
  <>
    <path d="M8 1.75 3 3.5v4c0 3 2.1 5.4 5 6.75 2.9-1.35 5-3.75 5-6.75v-4z" />
    <path d="m5.9 7.9 1.5 1.5 2.75-3" />
  </>,
);
