/** @typedef {ReturnType<typeof import("../setup/apps.mjs").lookUp>} App */

/** The page of a stand-in, complete in itself. @param {App} app */
export function renderPage(app) {
  const display = escapeHtml(app.display);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${display} (stand-in)</title>
<link rel="icon" href="data:,">
<style>
  :root { --back: #f6f7f9; --card: #fff; --line: #dfe3e8; --text: #16191d; --soft: #5b6470; --mark: #8a5a00; --mark-back: #fff3d6; }
  @media (prefers-color-scheme: dark) {
    :root { --back: #101214; --card: #181b1f; --line: #2b3036; --text: #eceef1; --soft: #9aa4b0; --mark: #f4c463; --mark-back: #33280f; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
  main { width: 100%; max-width: 620px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
  .mark { display: inline-block; margin: 0 0 12px; padding: 2px 10px; border-radius: 999px; font-size: 13px; font-weight: 600; color: var(--mark); background: var(--mark-back); }
  h1 { margin: 0 0 12px; font-size: 26px; line-height: 1.25; }
  p { margin: 0 0 14px; }
  dl { margin: 22px 0 0; padding-top: 18px; border-top: 1px solid var(--line); display: grid; grid-template-columns: auto 1fr; gap: 8px 18px; font-size: 14px; }
  dt { color: var(--soft); }
  dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
  code { font: 13px/1.5 ui-monospace, monospace; }
  @media (max-width: 480px) { main { padding: 22px; } dl { grid-template-columns: 1fr; gap: 2px; } dd { margin-bottom: 10px; } }
</style>
</head>
<body>
<main>
  <p class="mark">Stand-in</p>
  <h1>${display} is not installed here</h1>
  <p>This small page runs in its place, so that ControlPilot has something to start, stop and read the log of.
  It does none of the work of ${display}, and what it logs is made up.</p>
  <p>Put the app where it is looked for, then restart the service in ControlPilot: the real one runs.</p>
  <dl>
    <dt>Looked for at</dt><dd><code>${escapeHtml(app.expected)}</code></dd>
    <dt>Service</dt><dd><code>${escapeHtml(app.name)}</code></dd>
    <dt>Port</dt><dd><code>${app.port}</code> (<code>${escapeHtml(app.portEnv)}</code>)</dd>
  </dl>
</main>
</body>
</html>
`;
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
