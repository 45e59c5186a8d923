import { randomFrom } from "./random.ts";

/**
 * How many broken bodies each test of broken bodies tries, and from which seed:
 * `FUZZ_BODIES=1000000 FUZZ_SEED=1 npx vitest run test/api/soap/envelope.test.ts -t "whatever comes"`.
 */
const FUZZ_SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_125);
export const fuzzBodies = (unlessSaid: number): number =>
  Number(process.env["FUZZ_BODIES"] ?? unlessSaid);
/** Ten thousand bodies take a few seconds. */
export const fuzzTimeoutMs = (bodies: number): number => 60_000 + bodies * 10;

const SNIPPETS = ["<", ">", "&", "&#x110000;", "]]>", "<!DOCTYPE a [", "<![CDATA[", "</", "\0"]
  .concat(['"', "xmlns:", "<?xml ", "--", "\uFFFE", "<a b='", "&lt;".repeat(50), "\r", "\u00e9"])
  .map((text) => Buffer.from(text));
const CHANGES_MAX = 4;
const STRETCH_MAX = 40;

export interface Fuzz {
  /** One of the bodies, cut, doubled, mixed with hostile snippets and with bytes changed. */
  broken(): Buffer<ArrayBuffer>;
  below(end: number): number;
}

/** The same broken bodies for the same seed. */
export function fuzzOf(bodies: readonly string[], seed = FUZZ_SEED): Fuzz {
  const random = randomFrom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const whole = bodies.map((text) => Buffer.from(text));
  const pick = (some: readonly Buffer<ArrayBuffer>[]): Buffer<ArrayBuffer> =>
    some[below(some.length)] ?? Buffer.alloc(0);
  const changed = (bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> => {
    const at = below(bytes.length + 1);
    const end = at + below(STRETCH_MAX);
    const ways: (() => Buffer<ArrayBuffer>)[] = [
      () => bytes.subarray(0, at),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]),
      () => Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]),
      () => Buffer.concat([bytes.subarray(0, at), pick(SNIPPETS), bytes.subarray(at)]),
      () => {
        const copy = Buffer.from(bytes);
        if (at < copy.length) copy[at] = below(256);
        return copy;
      },
    ];
    return ways[below(ways.length)]?.() ?? bytes;
  };
  return {
    below,
    broken() {
      let bytes = pick(whole);
      for (let changes = below(CHANGES_MAX); changes >= 0; changes--) bytes = changed(bytes);
      return bytes;
    },
  };
}
