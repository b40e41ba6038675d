import Deserializer, { type Parser } from "xmlrpc/lib/deserializer.js";

/** supervisord's own answers go twenty deep. Each tag costs sax a time that grows with the depth. */
const MAX_DEPTH = 64;
const MAX_REASON = 200;

/** The other side understood the call and refused it. */
export class XmlRpcFault extends Error {
  constructor(
    readonly code: number,
    readonly text: string,
  ) {
    super(text);
  }
}

/** What came is no answer to a call. The message says why, as the end of a sentence. */
export class XmlRpcNonsense extends Error {}

type Kept = { parser?: Parser; failure?: Error; answer?: { value: unknown } };

/**
 * Parses an answer as its bytes come. `take` and `end` throw a fault or nonsense as soon as it is known,
 * and so what the parser itself throws, as it does at a fault that holds nothing.
 */
export function createAnswerReader() {
  const kept: Kept = {};
  const source = {
    setEncoding() {},
    on() {},
    pipe(parser: Parser) {
      kept.parser = parser;
      limitDepth(parser);
    },
  };
  new Deserializer().deserializeMethodResponse(source, (error, value) => {
    if (error) kept.failure ??= failureOf(error);
    else kept.answer ??= { value };
  });

  function parse(step: (parser?: Parser) => void): void {
    try {
      step(kept.parser);
    } catch (error) {
      kept.failure ??= failureOf(error as Error);
    }
    if (kept.failure) throw kept.failure;
  }

  return {
    take(bytes: Uint8Array): void {
      parse((parser) => parser?.write(bytes));
    },

    end(): unknown {
      parse((parser) => parser?.end());
      if (!kept.answer) throw new XmlRpcNonsense("it has no end");
      return kept.answer.value;
    },
  };
}

function limitDepth(parser: Parser): void {
  let depth = 0;
  parser.on("opentag", () => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new XmlRpcNonsense(`it is more than ${MAX_DEPTH} levels deep`);
  });
  parser.on("closetag", () => {
    depth -= 1;
  });
}

function failureOf(error: Error & { faultCode?: unknown; faultString?: unknown }): Error {
  if (error instanceof XmlRpcNonsense) return error;
  const { faultCode, faultString, message } = error;
  if (typeof faultCode === "number") return new XmlRpcFault(faultCode, String(faultString));
  return new XmlRpcNonsense(message.replaceAll(/\s+/g, " ").slice(0, MAX_REASON));
}
