// The page for times without a network looks whether the shop is back, and then shows what was asked for.
const EVERY_MS = 5000;

async function look() {
  try {
    const { ok } = await fetch('/healthz', { cache: 'no-store', credentials: 'omit' });
    // At its own address there is nothing else to show.
    if (ok && location.pathname !== '/offline') location.reload();
  } catch {
    // Still away.
  }
}

addEventListener('online', look);
setInterval(look, EVERY_MS);
