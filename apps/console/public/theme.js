// Runs before the first paint, so that a remembered dark theme does not flash white. A file of its own: the CSP allows no inline script.
(() => {
  let scheme = 'auto';
  try {
    scheme = localStorage.getItem('latchkey-color-scheme') || 'auto';
  } catch {
    // Storage may be blocked: the system's scheme is used.
  }
  const dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
