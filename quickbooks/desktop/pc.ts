import { FaultError } from "../../core/faults.ts";
import type { Answer, DesktopSession, Exchanges, Fingerprint } from "./exchanges.ts";
import { unreadable } from "./faults.ts";
import { judge, probeOf, type Probe } from "./fingerprint.ts";
import { readHost, type Host } from "./host.ts";
import { readAnswer, type Response } from "./reader.ts";
import { DELETIONS_ARE_TOLD } from "./touched-last.ts";
import { requestId, writeMessages, type Request } from "./writer.ts";

/** A session in which QuickBooks is open, with what it showed. */
export interface OpenSession {
  session: DesktopSession;
  host: Host;
}

/** A company's PC as one activity uses it: message sets in, answers out, the file judged first. */
export interface Pc {
  /** The session that is open now. Throws the fault `connector-away`, or what is in the way. */
  session(): Promise<OpenSession>;
  /**
   * Asks some requests in one message set. In a session whose file was not judged yet, what judges it
   * rides first, and a wrong file ends the session with its fault before any answer is looked at.
   */
  ask(requests: readonly Request[], signal: AbortSignal, how?: How): Promise<Answered>;
  /** Puts requests down that will be asked by this name, so that QuickBooks is not idle until then. */
  askAhead(name: string, requests: readonly Request[], of: OpenSession, signal: AbortSignal): void;
  /** The file as it was judged last; null before it was. */
  judged(): Promise<Fingerprint | null>;
  /** Nothing is asked ahead any more; whoever asks the same later finds its answer. */
  close(): void;
}

export interface How {
  /** The session as the asker saw it just now. */
  open?: OpenSession;
  /** By this name it may have been asked ahead. */
  name?: string;
  /** An answer that came late to somebody else's question of the same words will not do. */
  isFresh?: boolean;
  /** Looks at an answer of a judged session before it is read. */
  onAnswer?(answer: Answer, open: OpenSession): void;
}

/** Answers in the order of their requests. */
export interface Answered extends OpenSession {
  responses: Response[];
  insideMs: number;
  /** Characters of the whole answer. */
  characters: number;
}

export function createPc(exchanges: Exchanges): Pc {
  const current = lookTogether(exchanges);
  /** Sessions whose file is being judged just now. */
  const judging = new Map<string, Promise<unknown>>();
  const ahead = createAhead(exchanges);

  function send(open: OpenSession, requests: readonly Request[], asking: Asking): Promise<Answer> {
    const begun = asking.name === undefined ? null : ahead.take(asking.name, open);
    if (begun !== null) return begun;
    const request = writeMessages(open.host.version, requests, asking.mark);
    return exchanges.ask({ sessionId: open.session.id, request }, asking.signal);
  }

  async function askJudged(open: OpenSession, requests: readonly Request[], asking: Asking) {
    const answer = await send(open, requests, asking);
    asking.onAnswer?.(answer, open);
    const responses = await readResponses(answer, requests, asking.mark);
    return answered(open, answer, responses);
  }

  /** The first message set of a session: nothing of its answer is handed on before the file is judged. */
  async function askFirst(open: OpenSession, requests: readonly Request[], asking: Asking) {
    const [bound, held] = await Promise.all([
      exchanges.bound(),
      exchanges.touchedLast(DELETIONS_ARE_TOLD),
    ]);
    const probe: Probe = probeOf(open.host, bound, held);
    const all = [...probe.requests, ...requests];
    const answer = await send(open, all, { signal: asking.signal, mark: asking.mark });
    const responses = await readResponses(answer, all, asking.mark);
    const verdict = await judge({
      ...open,
      bound,
      probe,
      responses: responses.slice(0, probe.requests.length),
      ask: async (more) =>
        (await askJudged(open, more, { signal: asking.signal, mark: "" })).responses,
    });
    if (verdict.is === "wrong") {
      await exchanges.refuse(open.session.id, verdict.fault);
      throw new FaultError(verdict.fault);
    }
    await exchanges.accept(open.session.id, verdict.seen);
    return answered(open, answer, responses.slice(probe.requests.length));
  }

  async function ask(
    requests: readonly Request[],
    signal: AbortSignal,
    { isFresh = false, open: seen, ...how }: How = {},
  ): Promise<Answered> {
    const asking: Asking = { ...how, signal, mark: isFresh ? crypto.randomUUID().slice(0, 8) : "" };
    signal.throwIfAborted();
    if (seen?.session.isJudged) return askJudged(seen, requests, asking);
    for (;;) {
      signal.throwIfAborted();
      const open = await current();
      const { id, isJudged } = open.session;
      if (isJudged) return askJudged(open, requests, asking);
      const others = judging.get(id);
      if (others === undefined) {
        const first = askFirst(open, requests, asking);
        judging.set(id, first);
        return first.finally(() => judging.delete(id));
      }
      // Somebody else's question judges the file; how that ends shows in the session.
      await others.catch(() => undefined);
    }
  }

  const judged = async (): Promise<Fingerprint | null> => (await exchanges.bound()).fingerprint;

  return { session: current, ask, judged, askAhead: ahead.put, close: ahead.close };
}

/** Who asks for the session at the same time looks together, and what is counted then goes into one message set. */
function lookTogether(exchanges: Exchanges): () => Promise<OpenSession> {
  const hosts = new Map<string, Promise<Host>>();
  let looking: Promise<OpenSession> | null = null;
  const look = async (): Promise<OpenSession> => {
    const session = await exchanges.session();
    const host = hosts.get(session.id) ?? readHost(session);
    hosts.set(session.id, host);
    return { session, host: await host };
  };
  return () => {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  };
}

/** The requests that were put down before anybody needed their answers: one of each walk. */
function createAhead(exchanges: Exchanges) {
  const closed = new AbortController();
  const begun = new Map<string, { sessionId: string; answer: Promise<Answer> }>();
  return {
    put: (
      name: string,
      requests: readonly Request[],
      open: OpenSession,
      signal: AbortSignal,
    ): void => {
      if (signal.aborted || closed.signal.aborted) return;
      const until = AbortSignal.any([signal, closed.signal]);
      const request = writeMessages(open.host.version, requests);
      const answer = exchanges.ask({ sessionId: open.session.id, request }, until);
      // Failing is heard of by whoever asks for it, or not at all.
      answer.catch(() => undefined);
      begun.set(name, { sessionId: open.session.id, answer });
    },
    /** Its answer, if one of this name was put down and its session is still open. */
    take(name: string, { session }: OpenSession): Promise<Answer> | null {
      const found = begun.get(name);
      begun.delete(name);
      return found?.sessionId === session.id ? found.answer : null;
    },
    close: (): void => closed.abort(),
  };
}

interface Asking extends Omit<How, "isFresh" | "open"> {
  signal: AbortSignal;
  mark: string;
}

const answered = (open: OpenSession, answer: Answer, responses: Response[]): Answered => ({
  ...open,
  responses,
  insideMs: answer.insideMs,
  characters: answer.response.length,
});

/** The responses, one for each request: by their numbers, and where QuickBooks leaves these out by their order. */
async function readResponses(
  { response }: Answer,
  requests: readonly Request[],
  mark: string,
): Promise<Response[]> {
  const responses = await readAnswer(response);
  if (responses.length !== requests.length) {
    throw unreadable(`it answers ${responses.length} of ${requests.length} requests.`);
  }
  const byId = new Map(responses.map((each) => [each.requestId, each]));
  return requests.map(({ name }, index) => {
    const found = byId.get(requestId(index, mark)) ?? responses[index];
    if (found === undefined || found.name !== `${name}Rs`) {
      throw unreadable(`${name} is answered by ${found?.name.slice(0, 40) ?? "nothing"}.`);
    }
    return found;
  });
}
