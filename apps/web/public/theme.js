// Runs before the first paint, so that a chosen theme never flashes the other one. A file of its own because the
// page's policy allows no inline script. Keep the key in step with src/app/theme.ts.
(() => {
  try {
    const theme = localStorage.getItem('chorale.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's theme is shown then.
  }
})();
