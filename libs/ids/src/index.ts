// Ids are short, sortable by creation time and safe in URLs, file names and routing keys:
// a prefix that says what it names, then 48 bits of milliseconds and 80 random bits in Crockford base 32 (as in ULID).

export type Id<Kind extends string> = string & { readonly __kind: Kind };
export type TenantId = Id<'tenant'>;
export type ProjectId = Id<'project'>;
export type GoalId = Id<'goal'>;
export type WorkerId = Id<'worker'>;
export type ApprovalId = Id<'approval'>;
export type ScheduleId = Id<'schedule'>;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Where randomness comes from; handed in because modules have none of their own. Returns a float in [0, 1). */
export type Random = () => number;

export function makeId<Kind extends string>(prefix: string, nowMs: number, random: Random): Id<Kind> {
  let time = '';
  let rest = nowMs;
  for (let index = 0; index < 10; index++) {
    time = alphabet[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  let tail = '';
  for (let index = 0; index < 16; index++) tail += alphabet[Math.floor(random() * 32)];
  return `${prefix}_${time}${tail}` as Id<Kind>;
}

export const defaultTenant = 'default' as TenantId;
/** Of each tenant: what names no project belongs to it. */
export const defaultProject = 'default' as ProjectId;
