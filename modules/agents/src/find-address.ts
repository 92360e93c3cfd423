// Whether an address stands in a text, word for word: then whoever calls it says nothing but that it was read.

const addressCharacter = /[\w\-.~:/?#[\]@!$&'()*+,;=%]/;

/**
 * True when the address stands in the text, not as the beginning or end of a longer one. Of servers that were called before
 * it may stand without scheme and host, as pages write it.
 */
export function isPlaced(address: string, text: string, origins: ReadonlySet<string>): boolean {
  if (standsIn(address, text)) return true;
  const { origin, place } = splitAddress(address);
  if (origin === undefined) return false;
  // `https://example.org` and `https://example.org/` are one address.
  if (place.length <= 1) return standsIn(origin, text) || standsIn(`${origin}/`, text);
  return origins.has(origin) && standsIn(place, text);
}

/** Only of what every reader of addresses takes apart in the same way. */
export function splitAddress(address: string): { readonly origin: string | undefined; readonly place: string } {
  const [, origin, place = ''] = /^(https?:\/\/[A-Za-z0-9.-]+(?::\d+)?)(\/[^\\\s]*)?$/.exec(address) ?? [];
  return { origin, place };
}

function standsIn(part: string, text: string): boolean {
  if (part === '') return false;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.slice(at + part.length);
    if ((before === '' || !/[\w\-.~/%@:]/.test(before)) && !goesOn(after)) return true;
  }
  return false;
}

/** A full stop, a comma or a bracket at its end belongs to the sentence around it. */
function goesOn(after: string): boolean {
  const rest = after.replace(/^[.,;:!?)\]'*]+/, '');
  return rest === after ? addressCharacter.test(after.charAt(0)) : rest.length > 0 && /^[\w\-~/%&=#?]/.test(rest);
}
