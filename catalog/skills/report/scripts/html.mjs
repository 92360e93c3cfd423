// Builds HTML in which everything is escaped unless it was itself built here. What a repository holds (file names, messages)
// reaches the page only through this file.

class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(value) {
  return String(value).replaceAll(/[&<>"']/g, (character) => entities[character]);
}

function render(value) {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  return escapeHtml(value);
}

/** html`<p>${anything}</p>`: inserted values are escaped; lists are joined; nothing, null and false leave no trace. */
export function html(parts, ...values) {
  let text = parts[0];
  for (let index = 0; index < values.length; index++) text += render(values[index]) + parts[index + 1];
  return new Markup(text);
}

/** For text written in this skill (the style sheet). Never for what came from a repository. */
export function trusted(text) {
  return new Markup(text);
}

export function number(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return '–';
  return (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString('en-US');
}

export function bytes(value) {
  if (typeof value !== 'number') return '–';
  if (value < 1024) return `${value} B`;
  const exponent = Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${(value / 1024 ** exponent).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][exponent]}`;
}

export function percentText(value) {
  return typeof value === 'number' ? `${number(value)} %` : '–';
}

/** Lets long paths break after their slashes. */
export function path(value) {
  const parts = String(value).split('/');
  return html`<code>${parts.map((part, index) => (index < parts.length - 1 ? html`${part}/<wbr />` : part))}</code>`;
}

/**
 * A table with a caption. `columns`: `{ label, value(row), numeric? }`. Rows past `shown` fold away.
 * Returns nothing for no rows, so that a section never shows an empty frame.
 */
export function table({ caption, shown = 15 }, columns, rows) {
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const head = html`<thead>
    <tr>
      ${columns.map((column) => html`<th scope="col" ${column.numeric ? trusted(' class="num"') : ''}>${column.label}</th>`)}
    </tr>
  </thead>`;
  const body = (part) =>
    html`<tbody>
      ${part.map(
        (row) =>
          html`<tr>
            ${columns.map((column) => html`<td${column.numeric ? trusted(' class="num"') : ''}>${column.value(row)}</td>`)}
          </tr>`,
      )}
    </tbody>`;
  const first = html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      ${head}${body(rows.slice(0, shown))}
    </table>
  </div>`;
  if (rows.length <= shown) return first;
  const rest = html`<details>
    <summary>${rows.length - shown} more</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}, continued">
      <table>
        ${head}${body(rows.slice(shown))}
      </table>
    </div>
  </details>`;
  return html`${first}${rest}`;
}
