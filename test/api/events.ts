/** One event of `text/event-stream`, with the moment it arrived. */
export interface Event {
  name: string;
  data: unknown;
  at: number;
}

/** Reads server-sent events one by one; a comment is none. */
export async function* eventsOf(response: Response): AsyncGenerator<Event> {
  if (response.body === null) throw new Error("an answer without a body");
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1] ?? "";
      if (name === undefined) continue;
      yield { name, data: data === "" ? null : (JSON.parse(data) as unknown), at: Date.now() };
    }
  }
}
