/** What a caller of `startServices` may choose; everything has a default. */
export interface ServicesOptions {
  /** Where data is kept. Without it a temporary folder, removed at the end. */
  dataDir?: string;
  /** Ports that are taken when they are free; else, and without a wish, free ones. */
  postgresPort?: number;
  temporalPort?: number;
  temporalUiPort?: number;
  /** Called with one sentence whenever something takes its time, about once a second while it does. */
  onProgress?: (sentence: string) => void;
  /** Gives the start up: what was started so far ends. */
  signal?: AbortSignal;
}

/** Process ids of what runs; Temporal's is missing when it was running before us. */
export interface ServicePids {
  host: number;
  postgres: number;
  temporal?: number;
}

export interface RunningServices {
  databaseUrl: string;
  /** host:port of Temporal's gRPC door */
  temporalAddress: string;
  temporalUiUrl: string;
  dataDir: string;
  pids: ServicePids;
}

/** The first message to the host process. Closing the channel is the last: it ends everything. */
export interface StartOrder extends Omit<ServicesOptions, "dataDir" | "onProgress" | "signal"> {
  dataDir: string;
  /** Remove the folder at the end. */
  temporary: boolean;
}

export type FromHost =
  | { type: "progress"; sentence: string }
  | { type: "ready"; services: RunningServices }
  | { type: "failed"; sentence: string };
