// Small charts as inline SVG. Colours come from the page's style, so one drawing serves light and dark.
// Every chart has a name and a text for those who do not see it; the same figures stand in a table beside it.

import { html, number } from './html.mjs';

const width = 720;
const coloursMax = 8;
const marked = 5;

/** One bar split into shares, with a legend. `items`: `{ label, value }`; small ones are joined as "other". */
export function stackedBar(title, items, unit) {
  const total = items.reduce((sum, item) => sum + item.value, 0);
  if (total <= 0) return undefined;
  const shown = foldSmall(items, total);
  let x = 0;
  const parts = shown.map((item, index) => {
    const share = (item.value / total) * width;
    const rectangle = html`<rect
      class="c${index}"
      x="${x.toFixed(2)}"
      y="0"
      width="${Math.max(share - 1, 0.5).toFixed(2)}"
      height="28"
      ><title>${item.label}: ${number(item.value)} ${unit}</title></rect
    >`;
    x += share;
    return rectangle;
  });
  const legend = shown.map(
    (item, index) =>
      html`<li><span class="dot c${index}"></span>${item.label} <b>${number((100 * item.value) / total)} %</b></li>`,
  );
  const description = shown.map((item) => `${item.label} ${number((100 * item.value) / total)} percent`).join(', ');
  return figure(
    title,
    description,
    html`<svg
        viewBox="0 0 ${width} 28"
        role="img"
        aria-label="${title}: ${description}"
        preserveAspectRatio="none"
        class="stack"
      >
        ${parts}
      </svg>
      <ul class="legend">
        ${legend}
      </ul>`,
  );
}

function foldSmall(items, total) {
  const sorted = items.filter((item) => item.value > 0).toSorted((a, b) => b.value - a.value);
  const large = sorted.filter((item, index) => index < coloursMax - 1 && item.value / total >= 0.01);
  const rest = total - large.reduce((sum, item) => sum + item.value, 0);
  return rest / total >= 0.001 ? [...large, { label: 'other', value: rest }] : large;
}

/** Upright columns over an ordered axis. `items`: `{ label, value }`; labels are thinned when there are many. */
export function columns(title, items, unit) {
  const max = Math.max(0, ...items.map((item) => item.value));
  if (items.length === 0 || max === 0) return undefined;
  const height = 150;
  const base = height - 22;
  const left = 44;
  const step = (width - left) / items.length;
  const every = Math.ceil((items.length * 58) / (width - left));
  const bars = items.map((item, index) => {
    const tall = (item.value / max) * (base - 12);
    const x = left + index * step;
    const label =
      index % every === 0
        ? html`<text x="${(x + step / 2).toFixed(1)}" y="${height - 6}" text-anchor="middle">${item.label}</text>`
        : '';
    return html`<rect
        class="bar"
        x="${(x + step * 0.1).toFixed(1)}"
        y="${(base - tall).toFixed(1)}"
        width="${Math.max(step * 0.8, 0.8).toFixed(1)}"
        height="${tall.toFixed(1)}"
        ><title>${item.label}: ${number(item.value)} ${unit}</title></rect
      >${label}`;
  });
  const axis = html`<line class="axis" x1="${left}" y1="${base}" x2="${width}" y2="${base}" /><text
      x="${left - 6}"
      y="18"
      text-anchor="end"
      >${number(max)}</text
    ><text x="${left - 6}" y="${base}" text-anchor="end">0</text>`;
  const peak = items.reduce((best, item) => (item.value > best.value ? item : best));
  const description = `${items.length} columns from ${items[0].label} to ${items.at(-1).label}; the highest is ${peak.label} with ${number(peak.value)} ${unit}`;
  return figure(
    title,
    description,
    html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${description}">${bars}${axis}</svg>`,
  );
}

/** Lying bars with their label and value beside them. `items`: `{ label, value, text? }`. */
export function bars(title, items, unit) {
  const max = Math.max(0, ...items.map((item) => item.value));
  if (items.length === 0 || max === 0) return undefined;
  const rowHeight = 24;
  const left = 250;
  const rows = items.map((item, index) => {
    const long = (item.value / max) * (width - left - 90);
    const y = index * rowHeight;
    const label = item.label.length > 38 ? `…${item.label.slice(-37)}` : item.label;
    return html`<text x="${left - 8}" y="${y + 16}" text-anchor="end">${label}<title>${item.label}</title></text
      ><rect
        class="bar"
        x="${left}"
        y="${y + 4}"
        width="${Math.max(long, 1).toFixed(1)}"
        height="${rowHeight - 8}"
      /><text x="${(left + long + 6).toFixed(1)}" y="${y + 16}">${item.text ?? number(item.value)}</text>`;
  });
  const description = items.map((item) => `${item.label} ${item.text ?? number(item.value)} ${unit}`).join(', ');
  return figure(
    title,
    description,
    html`<svg viewBox="0 0 ${width} ${items.length * rowHeight}" role="img" aria-label="${title}: ${description}">
      ${rows}
    </svg>`,
  );
}

/** Points over two axes; the highest scores carry their label. `points`: `{ label, x, y, score }`. */
export function scatter(title, { xLabel, yLabel }, points) {
  if (points.length < 3) return undefined;
  const height = 300;
  const left = 50;
  const base = height - 36;
  const xMax = Math.max(...points.map((point) => point.x), 1);
  const yMax = Math.max(...points.map((point) => point.y), 1);
  const across = (value) => left + 10 + (value / xMax) * (width - left - 40);
  const up = (value) => base - 8 - (value / yMax) * (base - 24);
  const ranked = points.toSorted((a, b) => b.score - a.score);
  const dots = ranked.map(
    (point, index) =>
      html`<circle
        class="${index < marked ? 'hot' : 'dot'}"
        cx="${across(point.x).toFixed(1)}"
        cy="${up(point.y).toFixed(1)}"
        r="${index < marked ? 6 : 4}"
        ><title>${point.label}: ${xLabel} ${number(point.x)}, ${yLabel} ${number(point.y)}</title></circle
      >`,
  );
  const labels = placeLabels(ranked.slice(0, marked), across, up);
  const axes = html`<line class="axis" x1="${left}" y1="${base}" x2="${width}" y2="${base}" /><line
      class="axis"
      x1="${left}"
      y1="8"
      x2="${left}"
      y2="${base}"
    /><text x="${width}" y="${height - 8}" text-anchor="end">${xLabel} (most: ${number(xMax)}) →</text
    ><text x="${left + 6}" y="16">↑ ${yLabel} (most: ${number(yMax)})</text>`;
  const description = `${points.length} points; the foremost are ${ranked
    .slice(0, marked)
    .map((point) => point.label)
    .join(', ')}`;
  return figure(
    title,
    description,
    html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${description}">
      ${axes}${dots}${labels}
    </svg>`,
  );
}

/** Labels sit beside their point, on the side where there is room, and move down when they would overlap. */
function placeLabels(points, across, up) {
  const taken = [];
  return points.map((point) => {
    const name = point.label.split('/').at(-1);
    const rightSide = across(point.x) < width * 0.6;
    const x = across(point.x) + (rightSide ? 10 : -10);
    let y = up(point.y) + 4;
    while (taken.some((other) => Math.abs(other.y - y) < 13 && Math.abs(other.x - x) < 200)) y += 13;
    taken.push({ x, y });
    return html`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${rightSide ? 'start' : 'end'}"
      >${name}</text
    >`;
  });
}

function figure(title, description, drawing) {
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${drawing}
    <p class="hidden">${description}</p>
  </figure>`;
}
