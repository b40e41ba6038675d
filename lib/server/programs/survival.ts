/**
 * A mistake in one request must not end the server for all: it is reported, and the server goes on. What
 * is thrown past everybody, or rejected with nobody listening, has lost its own work only: each answer
 * has its deadline, files are written whole or not at all, updates run in processes of their own, and
 * all else is read anew. A server that ended would be down for as long as somebody repeats the request.
 */
export function surviveMistakes(report: (error: unknown) => void): void {
  // Next goes on as well, with a listener that it promises nowhere; this takes precedence over it.
  if (!process.hasUncaughtExceptionCaptureCallback()) {
    process.setUncaughtExceptionCaptureCallback(report);
  }
}
