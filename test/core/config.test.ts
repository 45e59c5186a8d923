import { expect, test } from "vitest";

import { readConfig } from "../../core/config.ts";

test("every setting that is missing or wrong is told in a sentence that names it, all at once", () => {
  const env = {
    PORT: "abc",
    PUBLIC_URL: "evenbooks.example",
    ENCRYPTION_KEY: "short",
    INTUIT_CLIENT_ID: "",
    INTUIT_CLIENT_SECRET: "secret",
    INTUIT_ENVIRONMENT: "prod",
    INTUIT_API_URL: "http://example.com",
    INTUIT_REQUESTS_PER_MINUTE: "0",
    VERIFY_EVERY_DAYS: "1.5",
  };
  expect(() => readConfig(env)).toThrow(
    [
      "The settings are not complete. Set them in the environment or in .env:",
      "  DATABASE_URL is not set.",
      "  PORT must be a whole number from 0 to 65535.",
      "  PUBLIC_URL must be an address that begins with http:// or https://.",
      "  ENCRYPTION_KEY must be 32 bytes in base64 each; make one with: openssl rand -base64 32.",
      "  INTUIT_CLIENT_ID is not set.",
      "  INTUIT_ENVIRONMENT must be one of production, sandbox.",
      "  INTUIT_API_URL must be https (http is allowed on loopback only).",
      "  INTUIT_REQUESTS_PER_MINUTE must be a whole number of 1 or more.",
      "  VERIFY_EVERY_DAYS must be a whole number from 0 to 366.",
    ].join("\n"),
  );
});
