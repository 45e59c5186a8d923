import type { Desktop } from "../desktop.ts";

/** One control door under /_simulator/desktop. Throws Refused for what cannot be done. */
export type Door = (desktop: Desktop, url: URL, body: string) => object | Promise<object>;
