/** Next calls this once, before the first request is served. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startWebServer } = await import("@/lib/server/programs/web-server");
  await startWebServer();
}
