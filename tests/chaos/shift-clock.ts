// Imported first by a process of the trial: its clock goes wrong by as much as the environment says, and while it runs by as much
// as it is told.

const now = Date.now.bind(Date);
let shiftMs = Number(process.env['CHORALE_CHAOS_CLOCK_MS'] ?? 0);
Date.now = () => now() + shiftMs;
process.on('message', (message: { readonly clockMs?: number }) => {
  shiftMs = message.clockMs ?? shiftMs;
});
