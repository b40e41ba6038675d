/** Next calls this once, before the first request is served. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { openFrontDoor } = await import("@/lib/server/front-door");
  await openFrontDoor({ isDevelopment: process.env.NODE_ENV === "development" });
}
