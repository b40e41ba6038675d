const REST_MS = 1000;

/** Code that is wanted when ControlPilot may be away: it is loaded once the page has come to rest. */
export function soon<Module>(load: () => Promise<Module>): () => Promise<Module> {
  if (typeof window !== "undefined") whenLoaded(() => void load().catch(() => {}));
  return load;
}

function whenLoaded(act: () => void) {
  const actAtRest = () => setTimeout(act, REST_MS);
  if (document.readyState === "complete") actAtRest();
  else window.addEventListener("load", actAtRest, { once: true });
}
