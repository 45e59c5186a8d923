import { FaultError } from "../../core/faults.ts";
import type { Answer, DesktopSession, Exchanges } from "./exchanges.ts";
import { unreadable } from "./faults.ts";
import { fingerprintRequests, judge } from "./fingerprint.ts";
import { readHost, type Host } from "./host.ts";
import { readAnswer, type Response } from "./reader.ts";
import { writeMessages, type Request } from "./writer.ts";

/** A company's PC as one activity uses it: message sets in, answers out, the file judged first. */
export interface Pc {
  /** The session that is open now, with what it showed. Throws the fault `connector-away`, or what is in the way. */
  session(): Promise<{ session: DesktopSession; host: Host }>;
  /**
   * Asks some requests in one message set. In a session whose file was not judged yet, what judges it
   * rides first, and a wrong file ends the session with its fault before any answer is looked at.
   */
  ask(requests: readonly Request[], signal: AbortSignal): Promise<Answered>;
  /** Puts a request down that will be asked next, so that QuickBooks is not idle meanwhile. */
  askAhead(request: Request, of: DesktopSession, signal: AbortSignal): void;
  /** Judges the file where that was not done yet. */
  judged(signal: AbortSignal): Promise<{ session: DesktopSession; host: Host }>;
}

/** Answers in the order of their requests. */
export interface Answered {
  responses: Response[];
  session: DesktopSession;
  host: Host;
  insideMs: number;
  /** Characters of the whole answer. */
  characters: number;
}

export function createPc(exchanges: Exchanges): Pc {
  const hosts = new Map<string, Promise<Host>>();
  const ahead = new Map<string, Promise<Answer>>();

  async function current(): Promise<{ session: DesktopSession; host: Host }> {
    const session = await exchanges.session();
    const host = hosts.get(session.id) ?? readHost(session);
    hosts.set(session.id, host);
    return { session, host: await host };
  }

  async function send(
    session: DesktopSession,
    request: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    const begun = ahead.get(request);
    ahead.delete(request);
    return await (begun ?? exchanges.ask({ sessionId: session.id, request }, signal));
  }

  async function ask(requests: readonly Request[], signal: AbortSignal): Promise<Answered> {
    const { session, host } = await current();
    const bound = session.isJudged ? null : await exchanges.bound();
    const prefix = bound === null ? [] : fingerprintRequests(bound);
    const request = writeMessages(host.version, [...prefix, ...requests]);
    const answer = await send(session, request, signal);
    const responses = await readAnswer(answer.response);
    const expected = prefix.length + requests.length;
    if (responses.length !== expected) {
      throw unreadable(`it answers ${responses.length} of ${expected} requests.`);
    }
    if (bound !== null) {
      const verdict = await judge(session, host, bound, responses.slice(0, prefix.length));
      if (verdict.is === "wrong") {
        await exchanges.refuse(session.id, verdict.fault);
        throw new FaultError(verdict.fault);
      }
      await exchanges.accept(session.id, verdict.seen);
    }
    return {
      responses: responses.slice(prefix.length),
      session,
      host,
      insideMs: answer.insideMs,
      characters: answer.response.length,
    };
  }

  return {
    session: current,
    ask,
    askAhead(request, session, signal) {
      if (signal.aborted) return;
      void current()
        .then(({ session: now, host }) => {
          if (now.id !== session.id) return;
          const text = writeMessages(host.version, [request]);
          const answer = exchanges.ask({ sessionId: session.id, request: text }, signal);
          // Failing is heard of by whoever asks for it, or not at all.
          answer.catch(() => undefined);
          ahead.set(text, answer);
        })
        .catch(() => undefined);
    },
    async judged(signal) {
      const now = await current();
      if (!now.session.isJudged) await ask([], signal);
      return now;
    },
  };
}
