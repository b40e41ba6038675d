import { ApiError } from "@/lib/client/api";

/** The server's own sentence; anything else is a fault of the program, and said as such. */
export function sentenceOf(error: Error) {
  if (error instanceof ApiError) return error.message;
  return `This page did not understand the answer (${error.name}). Loading it again may help.`;
}
