import type { Artifact } from '@chorale/lib-client';

/** One file for each name, the latest; reports before what they were made from. */
export function latestFiles(artifacts: readonly Artifact[]): readonly Artifact[] {
  const latest = new Map<string, Artifact>();
  for (const artifact of artifacts) {
    const known = latest.get(artifact.name);
    if (known === undefined || artifact.at >= known.at) latest.set(artifact.name, artifact);
  }
  return [...latest.values()].sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

function rankOf({ name, mediaType }: Artifact): number {
  if (mediaType.startsWith('text/html')) return name.includes('report') ? 0 : 1;
  return mediaType.startsWith('text/markdown') ? 2 : 3;
}
