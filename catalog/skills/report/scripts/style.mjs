// The page's style sheet. Colours are variables, set once for light and once for dark.

export const style = `
:root{color-scheme:light dark;--paper:#fbfbfa;--card:#fff;--ink:#1d2125;--soft:#5c6670;--line:#dfe3e6;--accent:#1d5fa8;--code:#f0f2f4;
--critical:#a3122a;--high:#b8470b;--medium:#8a6100;--low:#2f6690;--info:#5c6670;--fine:#22703f;
--c0:#3b6fb6;--c1:#c96f2b;--c2:#3d9463;--c3:#8a5bb5;--c4:#b5485d;--c5:#7a7f39;--c6:#3a97a3;--c7:#98a2ab}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1c2024;--ink:#e4e7ea;--soft:#a0a9b2;--line:#343b42;--accent:#7db4f0;--code:#272d33;
--critical:#ff8a94;--high:#ffa467;--medium:#e6c05a;--low:#86bfe8;--info:#a0a9b2;--fine:#7fd19c;
--c0:#6fa0e6;--c1:#e09a62;--c2:#6cc192;--c3:#b48be0;--c4:#e27c8f;--c5:#b3b86a;--c6:#6cc6d1;--c7:#7b858e}}
*{box-sizing:border-box}html{scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent)}a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code{font:.88em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--code);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px;z-index:2}
header{padding:32px max(24px,calc((100vw - 1180px)/2 + 24px)) 24px;border-bottom:1px solid var(--line);background:var(--card)}
.kicker{margin:0;color:var(--soft);letter-spacing:.08em;text-transform:uppercase;font-size:12px}
h1{margin:0 0 4px;font-size:30px;line-height:1.2;overflow-wrap:anywhere}.where{margin:2px 0;color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:10px 36px;margin:18px 0 14px}.figures dt{color:var(--soft);font-size:13px}.figures dd{margin:0;font-size:22px;font-weight:600}
.severities{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0;padding:0}
.severities li{border:1px solid currentColor;border-radius:999px;padding:2px 12px}.severities li.none{color:var(--soft);opacity:.75;border-color:var(--line)}
.frame{display:grid;grid-template-columns:210px minmax(0,1fr);gap:36px;max-width:1180px;margin:0 auto;padding:24px}
nav ol{list-style:none;margin:0;padding:0;position:sticky;top:24px}nav li{display:flex;justify-content:space-between;align-items:center;padding:5px 0;border-bottom:1px solid var(--line)}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
.status{width:10px;height:10px;border-radius:50%;background:currentColor}.status.missing,.status.empty{background:none;border:2px solid currentColor}
section{margin:0 0 44px;scroll-margin-top:16px}h2{font-size:22px;margin:0 0 12px;padding-bottom:6px;border-bottom:2px solid var(--line)}h3{font-size:17px;margin:22px 0 8px}h4{font-size:15.5px;margin:0 0 6px}
.pill{font-size:12.5px;font-weight:600;border:1px solid currentColor;border-radius:999px;padding:1px 10px;white-space:nowrap;vertical-align:middle}
.critical,.status.problem,.pill.problem{color:var(--critical)}.high{color:var(--high)}.medium,.status.attention,.pill.attention{color:var(--medium)}
.low{color:var(--low)}.info,.missing,.empty,td.none{color:var(--soft)}.status.fine,.pill.fine,.yes{color:var(--fine)}.no{color:var(--high)}
.headline{font-size:16.5px}.note,.notes{color:var(--soft)}
.warning{border:2px solid var(--high);border-radius:8px;padding:14px 20px;background:var(--card)}.warning h2{border:0;padding:0;color:var(--high)}
.scroll{overflow-x:auto;margin:14px 0}table{border-collapse:collapse;width:100%;background:var(--card)}
caption{text-align:left;font-weight:600;padding:4px 0 6px}th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--soft);font-weight:600;font-size:13px;border-bottom-width:2px;white-space:nowrap}.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.areas td.num{font-weight:600}.areas td.none{font-weight:400}.areas tbody th{white-space:nowrap}.areas td:nth-child(3){overflow-wrap:anywhere;min-width:180px}
ol.findings{list-style:none;margin:0;padding:0;counter-reset:rank}.finding,.rule{background:var(--card);border:1px solid var(--line);border-left:4px solid currentColor;border-radius:6px;padding:12px 16px;margin:0 0 12px}
.finding>*,.rule>*{color:var(--ink)}.finding p,.rule p{margin:4px 0}.finding h3{margin:0 0 4px}.finding h3::before{counter-increment:rank;content:counter(rank) ". ";color:var(--soft)}
.badge{font-size:11.5px;font-weight:700;text-transform:uppercase;letter-spacing:.04em;border:1px solid currentColor;border-radius:4px;padding:1px 6px;vertical-align:1px}
.badge.critical{color:var(--critical)}.badge.high{color:var(--high)}.badge.medium{color:var(--medium)}.badge.low{color:var(--low)}.badge.info{color:var(--info)}
.doubt{font-size:12.5px;font-weight:400;font-style:italic;color:var(--soft)}.count{color:var(--soft);font-weight:400}
.places{list-style:none;margin:8px 0 0;padding:0}.places>li{border-top:1px solid var(--line);padding:8px 0}.place{overflow-wrap:anywhere}
details{margin:6px 0}summary{cursor:pointer;color:var(--accent)}
figure{margin:18px 0}figcaption{font-weight:600;margin-bottom:6px}svg{display:block;width:100%;height:auto;max-height:420px}svg.stack{height:28px;border-radius:5px}
svg text{fill:var(--soft);font:12px system-ui,sans-serif}.axis{stroke:var(--line)}.bar{fill:var(--c0)}circle.dot{fill:var(--c7);opacity:.75}circle.hot{fill:var(--high)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:8px 0 0;padding:0;font-size:13.5px}span.dot{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px}
${[0, 1, 2, 3, 4, 5, 6, 7].map((index) => `rect.c${index}{fill:var(--c${index})}span.c${index}{background:var(--c${index})}`).join('')}
@media (max-width:860px){.frame{display:block;padding:16px}nav ol{position:static;margin-bottom:24px}}
@media (max-width:620px){.areas thead{display:none}.areas tr{display:flex;flex-wrap:wrap;gap:4px 14px;padding:10px 0;border-bottom:1px solid var(--line)}.areas th,.areas td{border:0;padding:0}.areas td:nth-child(3){flex-basis:100%}.areas td.none{display:none}.areas td.num::after{content:" " attr(data-label)}}
@media print{nav,.skip{display:none}.frame{display:block}body{background:#fff;color:#000}.finding,.rule{break-inside:avoid}}
`;
