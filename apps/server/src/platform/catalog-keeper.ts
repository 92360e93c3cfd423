// The catalogue as it is on disk, kept in memory and read again when it has been asked for and may have changed.

import { discoverCatalog, type CatalogPlaces, type DiscoveredCatalog } from '@chorale/adapter-filesystem';
import { getUsable, type AgentDefinition, type Catalog, type Skill, type TrustStore } from '@chorale/module-catalog';
import type { Crew } from '@chorale/module-agents';
import type { Log } from '../process/log.ts';

/** Files may be edited while the server runs; this is how late it may notice. */
const freshMs = 2_000;

export interface CatalogKeeperOptions {
  readonly places: CatalogPlaces;
  readonly trustStore: TrustStore;
  readonly now: () => number;
  readonly log: Log;
}

export class CatalogKeeper implements Crew {
  readonly #options: CatalogKeeperOptions;
  #kept: DiscoveredCatalog;
  #readAt: number;
  #reading: Promise<void> | undefined;

  private constructor(options: CatalogKeeperOptions, kept: DiscoveredCatalog) {
    this.#options = options;
    this.#kept = kept;
    this.#readAt = options.now();
  }

  static async open(options: CatalogKeeperOptions): Promise<CatalogKeeper> {
    return new CatalogKeeper(options, await discoverCatalog(options.places, options.trustStore));
  }

  /** As it was a moment ago; notices changes for the next caller. */
  get catalog(): Catalog {
    void this.refresh();
    return this.#kept.catalog;
  }

  /** Before something of it runs: what a person trusted must still be what is there. */
  refresh(): Promise<void> {
    if (this.#options.now() - this.#readAt < freshMs) return Promise.resolve();
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  getAgent(name: string): AgentDefinition {
    return getUsable(this.#kept.catalog.agents, name).value;
  }

  getSkill(name: string): Skill {
    return getUsable(this.#kept.catalog.skills, name).value;
  }

  async #read(): Promise<void> {
    try {
      this.#kept = await discoverCatalog(this.#options.places, this.#options.trustStore);
    } catch (error) {
      this.#options.log.error('the catalogue could not be read again; what was read before stays', { error });
    }
    this.#readAt = this.#options.now();
  }
}
