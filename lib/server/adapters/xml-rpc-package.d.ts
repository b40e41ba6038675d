/** Parts of the package, of which its published types know only the whole. */
declare module "xmlrpc/lib/serializer.js" {
  export function serializeMethodCall(method: string, params: unknown[]): string;
  export function serializeMethodResponse(value: unknown): string;
}

declare module "xmlrpc/lib/deserializer.js" {
  /** sax's stream, as far as it is used here. Everything in it happens at once. */
  export type Parser = {
    on(event: "opentag" | "closetag", listener: () => void): void;
    write(bytes: Uint8Array): void;
    end(): void;
  };
  type Source = { setEncoding(): void; on(): void; pipe(parser: Parser): void };
  type AnswerError = Error & { faultCode?: unknown; faultString?: unknown };

  // biome-ignore lint/style/noDefaultExport: the package has it so.
  export default class Deserializer {
    deserializeMethodResponse(
      source: Source,
      callback: (error: AnswerError | null, value?: unknown) => void,
    ): void;
  }
}
