// Which requests a process works on now, which wait for a moment, and which are to come again: so that under more than it can do it
// still does as much as it can, each tenant has its turn, and what matters most is done first.
//
// Owns:       the places at work and the line. Does not own requests: it says begin, or come again.
// Invariants: AD1 no more than `atOnce` are at work, and no more than three quarters of them of one tenant.
//             AD2 no more than `waiting` wait, none longer than `waitMs`. Where the line is full, whoever has more than an equal
//                 share of it gives way, what reads before what changes, what came last first.
//             AD3 tenants that wait take turns; of one tenant, what changes goes before what reads, and what came first first.
//             AD4 what is costly and can be done without is refused as soon as somebody waits.
//             AD6 from when half of the places are taken until a moment after, there is no time for extras: long before anybody is
//                 refused.
//             AD5 who leaves, at work or waiting, makes room at once, and only once.

export interface AdmissionLimits {
  readonly atOnce: number;
  readonly waiting: number;
  readonly waitMs: number;
}

export type LoadClass = 'change' | 'read' | 'costly';

export interface Asking {
  readonly tenant: string;
  readonly load: LoadClass;
  /** Where it has less time than others. */
  readonly waitMs?: number;
  readonly begin: () => void;
  readonly refuse: (why: 'full' | 'late' | 'costly') => void;
}

/** How many of a class were taken on, or refused and why. */
export interface AdmissionOutcome {
  readonly outcome: 'admitted' | 'full' | 'late' | 'costly';
  readonly load: LoadClass;
  readonly count: number;
}

export interface AdmissionState {
  readonly atWork: number;
  readonly waiting: number;
  readonly admitted: number;
  readonly refused: number;
  readonly outcomes: readonly AdmissionOutcome[];
  /** Tenants that wait. */
  readonly tenants: number;
  /** When somebody was refused last. */
  readonly refusedAt: number | undefined;
}

interface Place {
  readonly asking: Asking;
  readonly until: number;
  state: 'waiting' | 'at-work' | 'gone';
}

interface Line {
  readonly tenant: string;
  readonly changes: Place[];
  readonly reads: Place[];
  atWork: number;
}

const tenantShare = 0.75;
const shortShare = 0.5;
const shortMs = 5_000;

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  /** Of tenants with something at work or waiting. In order of turns. */
  readonly #lines = new Map<string, Line>();
  #atWork = 0;
  #waiting = 0;
  readonly #outcomes = new Map<string, { -readonly [Key in keyof AdmissionOutcome]: AdmissionOutcome[Key] }>();
  #admitted = 0;
  #refused = 0;
  #refusedAt: number | undefined;
  #shortUntil = -Infinity;

  constructor(limits: AdmissionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** There is no time for what nobody waits for. */
  get isShort(): boolean {
    return this.#now() < this.#shortUntil;
  }

  get state(): AdmissionState {
    const tenants = [...this.#lines.values()].filter((line) => lengthOf(line) > 0).length;
    const [atWork, waiting, admitted, refused] = [this.#atWork, this.#waiting, this.#admitted, this.#refused];
    const outcomes = [...this.#outcomes.values()].map((each) => ({ ...each }));
    return { atWork, waiting, admitted, refused, outcomes, tenants, refusedAt: this.#refusedAt };
  }

  /** Calls `begin` or `refuse`, now or later, unless what it gives back is called before: to be called when it is over. */
  enter(asking: Asking): () => void {
    const waitMs = Math.min(asking.waitMs ?? this.#limits.waitMs, this.#limits.waitMs);
    const place: Place = { asking, until: this.#now() + waitMs, state: 'waiting' };
    const line = this.#lineOf(asking.tenant);
    if (this.#waiting === 0 && this.#hasRoom(line)) this.#begin(line, place);
    else if (asking.load === 'costly') this.#refuse(place, 'costly');
    else if (this.#waiting < this.#limits.waiting || this.#makeRoom(line, asking.load)) {
      (asking.load === 'change' ? line.changes : line.reads).push(place);
      this.#waiting += 1;
      // Others may wait for a tenant's turn while there are places for another's.
      this.#beginNext();
    } else this.#refuse(place, 'full');
    this.#tidy(line);
    return () => this.#leave(line, place);
  }

  /** Refuses who has waited for too long. To be called every few milliseconds while somebody waits. */
  sweep(): void {
    const now = this.#now();
    for (const line of this.#lines.values()) {
      for (const places of [line.changes, line.reads])
        while (places[0] !== undefined && places[0].until <= now) {
          this.#waiting -= 1;
          this.#refuse(places.shift()!, 'late');
        }
      this.#tidy(line);
    }
  }

  #lineOf(tenant: string): Line {
    let line = this.#lines.get(tenant);
    if (line === undefined) this.#lines.set(tenant, (line = { tenant, changes: [], reads: [], atWork: 0 }));
    return line;
  }

  #tidy(line: Line): void {
    if (line.atWork === 0 && lengthOf(line) === 0) this.#lines.delete(line.tenant);
  }

  #hasRoom({ atWork }: Line): boolean {
    return this.#atWork < this.#limits.atOnce && atWork < Math.max(1, Math.ceil(this.#limits.atOnce * tenantShare));
  }

  #begin(line: Line, place: Place): void {
    place.state = 'at-work';
    line.atWork += 1;
    this.#atWork += 1;
    this.#admitted += 1;
    this.#count('admitted', place);
    if (this.#atWork >= this.#limits.atOnce * shortShare) this.#shortUntil = this.#now() + shortMs;
    place.asking.begin();
  }

  #refuse(place: Place, why: 'full' | 'late' | 'costly'): void {
    place.state = 'gone';
    this.#refused += 1;
    this.#count(why, place);
    this.#refusedAt = this.#now();
    place.asking.refuse(why);
  }

  #count(outcome: AdmissionOutcome['outcome'], { asking: { load } }: Place): void {
    const key = `${outcome} ${load}`;
    const counted = this.#outcomes.get(key);
    if (counted === undefined) this.#outcomes.set(key, { outcome, load, count: 1 });
    else counted.count += 1;
  }

  /** Whether somebody gave way. */
  #makeRoom(line: Line, load: LoadClass): boolean {
    const longest = [...this.#lines.values()].reduce((most, each) => (lengthOf(each) > lengthOf(most) ? each : most));
    // Of one's own, what reads gives way to what changes.
    const from = lengthOf(longest) > lengthOf(line) + 1 ? longest : load === 'change' ? line : undefined;
    const places = from === undefined ? undefined : from.reads.length > 0 || from === line ? from.reads : from.changes;
    const last = places?.pop();
    if (last === undefined) return false;
    this.#waiting -= 1;
    this.#refuse(last, 'full');
    return true;
  }

  #leave(line: Line, place: Place): void {
    if (place.state === 'gone') return;
    if (place.state === 'at-work') {
      line.atWork -= 1;
      this.#atWork -= 1;
    } else {
      for (const places of [line.changes, line.reads]) {
        const at = places.indexOf(place);
        if (at >= 0) places.splice(at, 1);
      }
      this.#waiting -= 1;
    }
    place.state = 'gone';
    this.#beginNext();
    this.#tidy(line);
  }

  #beginNext(): void {
    while (this.#waiting > 0 && this.#atWork < this.#limits.atOnce) {
      const line = this.#nextLine();
      if (line === undefined) return;
      const place = line.changes.shift() ?? line.reads.shift()!;
      this.#waiting -= 1;
      // It has had its turn.
      this.#lines.delete(line.tenant);
      this.#lines.set(line.tenant, line);
      this.#begin(line, place);
    }
  }

  #nextLine(): Line | undefined {
    for (const line of this.#lines.values()) if (lengthOf(line) > 0 && this.#hasRoom(line)) return line;
    return undefined;
  }
}

function lengthOf({ changes, reads }: Line): number {
  return changes.length + reads.length;
}
