import { authenticate, clientVersion, serverVersion } from "./arrival.ts";
import type { Door } from "./door.ts";
import type { Call } from "./envelope.ts";
import { closeConnection, connectionError, getLastError } from "./departure.ts";
import { receiveResponse, sendRequest } from "./exchange.ts";
import type { Method, ParametersOf, ResultOf } from "./methods.ts";
import { METHODS } from "./methods.ts";
import { reply } from "./reply.ts";

type Handler<M extends Method> = (
  door: Door,
  parameters: ParametersOf<M>,
  remoteAddress: string,
) => ResultOf<M> | Promise<ResultOf<M>>;

const HANDLERS: { [M in Method]: Handler<M> } = {
  serverVersion,
  clientVersion,
  authenticate,
  sendRequestXML: sendRequest,
  receiveResponseXML: receiveResponse,
  connectionError,
  getLastError,
  closeConnection,
  // No request of ours needs a person in the middle; should one come here, the help page is what there is.
  getInteractiveURL: ({ publicUrl }) => `${publicUrl}/qbwc`,
  interactiveRejected: () => "Nobody is needed there; the sync goes on by itself.",
  interactiveDone: () => "Done",
};

/** Answers one call by its method. */
export const answerCall = (door: Door, call: Call, remoteAddress: string): Promise<Response> =>
  handle(call.method, door, call, remoteAddress);

async function handle<M extends Method>(
  method: M,
  door: Door,
  { parameters, version }: Call,
  remoteAddress: string,
): Promise<Response> {
  const named = Object.fromEntries(
    Object.keys(METHODS[method].parameters).map((name) => [name, parameters.get(name) ?? ""]),
  );
  const result = await HANDLERS[method](door, named as ParametersOf<M>, remoteAddress);
  return reply(version, method, result);
}
