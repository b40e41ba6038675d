/** Next calls this once, before the first request is served. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { openFrontDoor } = await import("@/lib/server/front-door");
  try {
    await openFrontDoor({ isDevelopment: process.env.NODE_ENV === "development" });
  } catch (error) {
    // Next would go on and answer everything with 500.
    // biome-ignore lint/suspicious/noConsole: stderr is where supervisord collects our log.
    console.error(error);
    process.exit(1);
  }
}
