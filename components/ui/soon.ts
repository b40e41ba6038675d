const REST_MS = 1000;

/** Code that is wanted when ControlPilot may be away: it is loaded once the page has come to rest. */
export function soon<Module>(load: () => Promise<Module>): () => Promise<Module> {
  if (typeof window !== "undefined") {
    void atRest()
      .then(load)
      .catch(() => {});
  }
  return load;
}

/** When the page has come to rest, so that what can wait takes nothing from what is wanted first. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => {
    const rest = () => setTimeout(resolve, REST_MS);
    if (document.readyState === "complete") rest();
    else window.addEventListener("load", rest, { once: true });
  });
}
