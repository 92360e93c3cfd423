// What changed since the last review of the same repository: by the ids of findings, which stay while rule, file and key do.
//
// Invariants: C1 what an area does not name that did not run, or did not list all it found, is not fixed: nobody looked.

const listMax = 10_000;

/**
 * `earlier` is `{ last: { at, commit, goalId }, open: [{ id, severity, title, file, since }] }`; without `last` this is the first
 * review, and without `earlier` nobody knows. Marks each finding of the review as `new` or `open`.
 */
export function compareReviews(review, earlier) {
  if (typeof earlier !== 'object' || earlier === null) return undefined;
  const { last } = earlier;
  if (typeof last !== 'object' || last === null) return { first: true };
  const before = new Map(
    (Array.isArray(earlier.open) ? earlier.open.slice(0, listMax) : []).map((one) => [one.id, one]),
  );
  for (const finding of review.findings) {
    const known = before.get(finding.id);
    finding.change = known === undefined ? 'new' : 'open';
    if (Number.isInteger(known?.since)) finding.since = dayOf(known.since);
  }
  const named = new Set(review.findings.map(({ id }) => id));
  const looked = new Set(completeAreas(review));
  const gone = [...before.values()].filter(({ id }) => !named.has(id));
  return {
    first: false,
    last: {
      at: dayOf(last.at),
      ...(typeof last.commit === 'string' && last.commit !== '' ? { commit: last.commit } : {}),
    },
    new: review.findings.filter(({ change }) => change === 'new').map(({ id }) => id),
    fixed: gone.filter(({ id }) => looked.has(areaOf(id))).map(describe),
    unseen: gone.filter(({ id }) => !looked.has(areaOf(id))).map(describe),
    open: review.findings.filter(({ change }) => change === 'open').length,
  };
}

/** Areas that ran and listed all they found. */
function completeAreas({ areas }) {
  return areas
    .filter(({ status }) => status !== 'missing')
    .filter(({ counts, findings }) => Object.values(counts).reduce((sum, count) => sum + count, 0) === findings.length)
    .map(({ skill }) => skill);
}

/** In a sentence. */
export function sayChanges(changes) {
  if (changes.first) return 'This is the first review that is remembered of it.';
  const unseen = changes.unseen.length === 0 ? '' : `; ${changes.unseen.length} not looked at again`;
  return `Since the review of ${changes.last.at}: ${changes.new.length} new, ${changes.fixed.length} fixed, ${changes.open} still there${unseen}.`;
}

function areaOf(id) {
  return String(id).slice(0, Math.max(0, String(id).indexOf('.')));
}

function dayOf(at) {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? 'an unknown day' : time.toISOString().slice(0, 10);
}

function describe({ id, severity, title, file, since }) {
  return {
    id: String(id),
    severity: String(severity),
    title: String(title),
    ...(typeof file === 'string' ? { file } : {}),
    ...(Number.isInteger(since) ? { since: dayOf(since) } : {}),
  };
}
