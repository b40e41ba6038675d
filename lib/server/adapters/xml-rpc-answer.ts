import Deserializer, { type Parser } from "xmlrpc/lib/deserializer.js";

/** supervisord's own answers go twenty deep. Each tag costs sax a time that grows with the depth. */
const MAX_DEPTH = 64;
const MAX_REASON = 200;
const CDATA = "<![CDATA[";
/** But for a comment, and for text as it stands. */
const DECLARATION = /<!(?!--|\[CDATA\[)/;

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

type Kept = {
  parser?: Parser;
  failure?: Error;
  answer?: { value: unknown };
  /** The last bytes, where they may begin a declaration. */
  begun: string;
};

/**
 * Parses an answer as its bytes come. `take` and `end` throw a fault or nonsense as soon as it is known,
 * and so what the parser itself throws, as it does at a fault that holds nothing.
 */
export function createAnswerReader() {
  const kept: Kept = { begun: "" };
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

  /** supervisord writes none, and sax reads such a one over again with each of its characters. */
  function refuseDeclarations(bytes: Uint8Array): void {
    const text = kept.begun + Buffer.from(bytes).toString("latin1");
    const last = text.lastIndexOf("<");
    const whole = last === -1 || text.length - last >= CDATA.length ? text.length : last;
    if (DECLARATION.test(text.slice(0, whole))) throw new XmlRpcNonsense("it holds a declaration");
    kept.begun = text.slice(whole);
  }

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
      refuseDeclarations(bytes);
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
