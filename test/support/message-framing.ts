/** A stretch of bytes to pass on as it is; one that is a whole message of a wanted type carries its text. */
export interface Piece {
  bytes: Buffer;
  message: { type: string; text: string } | null;
}

const EMPTY = Buffer.alloc(0);
const LENGTH_BYTES = 4;

/**
 * Cuts a stream of PostgreSQL's protocol (version 3) into pieces, however the network has cut it.
 * Only messages of the wanted types are put together; all others, COPY's data above all, pass
 * unread. `startup` says that the first message is the client's, which has no type.
 */
export function createFraming(
  wanted: ReadonlySet<string>,
  { startup }: { startup: boolean },
): (chunk: Buffer) => Piece[] {
  let held: Buffer = EMPTY;
  let unread = 0;
  let isUntyped = startup;
  return (chunk) => {
    const pieces: Piece[] = [];
    const buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let from = 0;
    let at = 0;
    const passTo = (end: number): void => {
      if (end > from) pieces.push({ bytes: buffer.subarray(from, end), message: null });
      from = end;
    };
    while (at < buffer.length) {
      if (unread > 0) {
        const passed = Math.min(unread, buffer.length - at);
        unread -= passed;
        at += passed;
        continue;
      }
      const typeBytes = isUntyped ? 0 : 1;
      if (buffer.length - at < typeBytes + LENGTH_BYTES) break;
      const type = isUntyped ? "" : String.fromCharCode(buffer[at] ?? 0);
      const end = at + typeBytes + buffer.readInt32BE(at + typeBytes);
      if (!wanted.has(type)) {
        isUntyped = false;
        unread = end - at;
        continue;
      }
      if (end > buffer.length) break;
      passTo(at);
      const text = buffer.toString("utf8", at + typeBytes + LENGTH_BYTES, end);
      pieces.push({ bytes: buffer.subarray(at, end), message: { type, text } });
      at = end;
      from = end;
    }
    passTo(at);
    held = buffer.subarray(at);
    return pieces;
  };
}
