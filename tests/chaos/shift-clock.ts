// Imported first by a process of the trial: its clock goes wrong by as much as the environment says.

const shiftMs = Number(process.env['CHORALE_CHAOS_CLOCK_MS'] ?? 0);
const now = Date.now.bind(Date);
if (shiftMs !== 0) Date.now = () => now() + shiftMs;
