import { z } from "zod";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Says what a value must be; one that is not set says just that. */
const mustBe =
  (what: string) =>
  ({ input }: { input?: unknown }): string =>
    input === undefined ? "is not set" : `must be ${what}`;

const webAddress = z.url({
  protocol: /^https?$/,
  error: mustBe("an address that begins with http:// or https://"),
});

/** Intuit's addresses carry secrets: https, or http on this machine alone. */
const intuitAddress = webAddress.refine(
  (text) => text.startsWith("https:") || LOOPBACK.has(new URL(text).hostname),
  { message: "must be https (http is allowed on loopback only)" },
);

const encryptionKeys = z
  .string({ error: mustBe("text") })
  .transform((text) => text.split(",").map((key) => key.trim()))
  .refine((keys) => keys.every((key) => Buffer.from(key, "base64").length === 32), {
    message: "must be 32 bytes in base64 each; make one with: openssl rand -base64 32",
  });

const wholeNumber = (from: number, to?: number) => {
  const error = mustBe(
    `a whole number ${to === undefined ? `of ${from} or more` : `from ${from} to ${to}`}`,
  );
  return z.coerce
    .number({ error })
    .int({ error })
    .min(from, { error })
    .max(to ?? Number.MAX_SAFE_INTEGER, { error });
};

const count = (fallback: number) => wholeNumber(1).default(fallback);

/** How often, or after how long; 0 is never. */
const orNever = (fallback: number, max: number) => wholeNumber(0, max).default(fallback);

const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: mustBe(`one of ${words.join(", ")}`) });

const someText = z.string({ error: mustBe("text") }).min(1);

const SETTINGS = z.object({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: mustBe("an address such as postgres://user:password@host:5432/evenbooks"),
  }),
  TEMPORAL_ADDRESS: z.string().default("127.0.0.1:7233"),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  TEMPORAL_UI_URL: webAddress.default("http://127.0.0.1:8233"),
  PORT: wholeNumber(0, 65_535).default(4000),
  PUBLIC_URL: webAddress.default("http://localhost:4000"),
  ENCRYPTION_KEY: encryptionKeys.describe("32 bytes in base64; a list for rotation, newest first"),
  INTUIT_CLIENT_ID: someText,
  INTUIT_CLIENT_SECRET: someText,
  INTUIT_ENVIRONMENT: oneOf(["production", "sandbox"]).default("production"),
  INTUIT_API_URL: intuitAddress.optional(),
  INTUIT_DISCOVERY_URL: intuitAddress.optional(),
  INTUIT_WEBHOOK_TOKEN: z.string().optional(),
  INTUIT_REQUESTS_PER_MINUTE: count(500),
  INTUIT_REQUESTS_PER_SECOND: count(10),
  AUTOSYNC_FAILURES_MAX: count(5),
  VERIFY_AFTER_MINUTES: orNever(15, 10_080),
  VERIFY_EVERY_DAYS: orNever(7, 366),
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Intuit's own addresses, which `INTUIT_API_URL` and `INTUIT_DISCOVERY_URL` stand above. */
const INTUIT = {
  production: {
    apiUrl: "https://quickbooks.api.intuit.com",
    discoveryUrl: "https://developer.api.intuit.com/.well-known/openid_configuration",
  },
  sandbox: {
    apiUrl: "https://sandbox-quickbooks.api.intuit.com",
    discoveryUrl: "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration",
  },
};

export interface Config {
  databaseUrl: string;
  temporal: { address: string; namespace: string; uiUrl: string };
  port: number;
  publicUrl: string;
  /** 32 bytes each; the first one encrypts, all of them decrypt. */
  encryptionKeys: Buffer[];
  intuit: {
    clientId: string;
    clientSecret: string;
    apiUrl: string;
    discoveryUrl: string;
    /** The verifier token of webhooks; null where none are set up. */
    webhookToken: string | null;
    requestsPerMinute: number;
    requestsPerSecond: number;
  };
  /** After this many batches of a company that failed one after another its AutoSync is held. */
  failuresMax: number;
  /** When companies are compared with QuickBooks by themselves; 0 is never. */
  verify: {
    /** After an initial sync or a history that has succeeded. */
    afterMinutes: number;
    everyDays: number;
  };
  logLevel: string;
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads every setting at once; an empty value counts as unset. Throws ConfigError naming all mistakes together. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const settings = parse(SETTINGS, env);
  const intuit = INTUIT[settings.INTUIT_ENVIRONMENT];
  return {
    databaseUrl: settings.DATABASE_URL,
    temporal: readTemporal(settings),
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL.replace(/\/$/, ""),
    encryptionKeys: settings.ENCRYPTION_KEY.map((key) => Buffer.from(key, "base64")),
    intuit: {
      clientId: settings.INTUIT_CLIENT_ID,
      clientSecret: settings.INTUIT_CLIENT_SECRET,
      apiUrl: new URL(settings.INTUIT_API_URL ?? intuit.apiUrl).origin,
      discoveryUrl: settings.INTUIT_DISCOVERY_URL ?? intuit.discoveryUrl,
      webhookToken: settings.INTUIT_WEBHOOK_TOKEN ?? null,
      requestsPerMinute: settings.INTUIT_REQUESTS_PER_MINUTE,
      requestsPerSecond: settings.INTUIT_REQUESTS_PER_SECOND,
    },
    failuresMax: settings.AUTOSYNC_FAILURES_MAX,
    verify: {
      afterMinutes: settings.VERIFY_AFTER_MINUTES,
      everyDays: settings.VERIFY_EVERY_DAYS,
    },
    logLevel: settings.LOG_LEVEL,
  };
}

/** The few settings that `npm run migrate` needs: it runs before there is anything to encrypt. */
export function readMigrateConfig(
  env: Record<string, string | undefined>,
): Pick<Config, "databaseUrl" | "temporal"> {
  const settings = parse(
    SETTINGS.pick({
      DATABASE_URL: true,
      TEMPORAL_ADDRESS: true,
      TEMPORAL_NAMESPACE: true,
      TEMPORAL_UI_URL: true,
    }),
    env,
  );
  return { databaseUrl: settings.DATABASE_URL, temporal: readTemporal(settings) };
}

/** Only where the database is, for commands that touch nothing else. */
export const readDatabaseUrl = (env: Record<string, string | undefined>): string =>
  parse(SETTINGS.pick({ DATABASE_URL: true }), env).DATABASE_URL;

/** The names of all settings, for `.env.example` and docker-compose.yml to be held against. */
export const SETTING_NAMES = Object.keys(SETTINGS.shape);

function readTemporal(settings: {
  TEMPORAL_ADDRESS: string;
  TEMPORAL_NAMESPACE: string;
  TEMPORAL_UI_URL: string;
}): Config["temporal"] {
  return {
    address: settings.TEMPORAL_ADDRESS,
    namespace: settings.TEMPORAL_NAMESPACE,
    uiUrl: settings.TEMPORAL_UI_URL.replace(/\/$/, ""),
  };
}

function parse<T extends z.ZodObject>(
  schema: T,
  env: Record<string, string | undefined>,
): z.infer<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map(
    ({ path, message }) => `  ${path.join(".")} ${message}.`,
  );
  throw new ConfigError(
    ["The settings are not complete. Set them in the environment or in .env:", ...mistakes].join(
      "\n",
    ),
  );
}
