// Runs before the first paint, so that a chosen theme does not flash in.
try {
  const theme = localStorage.getItem("controlpilot.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the theme follows the system.
}
