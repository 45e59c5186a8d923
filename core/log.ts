import { pino, type Logger } from "pino";

export type Log = Logger;

/** One JSON line an event on stderr. Secrets and payloads never belong in a log line; known secret fields are struck out all the same. */
export const createLog = (level: string, name: string): Log =>
  pino(
    {
      name,
      level,
      redact: {
        paths: [
          "*.accessToken",
          "*.refreshToken",
          "*.authorization",
          "*.clientSecret",
          "*.password",
        ],
        censor: "[secret]",
      },
    },
    pino.destination({ fd: 2, sync: true }),
  );
