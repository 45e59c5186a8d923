import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { readConfig, SETTING_NAMES } from "../core/config.ts";
import { ROOT } from "../dev/node-process.ts";

const Condition = z.enum(["service_healthy", "service_completed_successfully"]);

const Service = z.object({
  image: z.string().optional(),
  build: z.string().optional(),
  restart: z.string(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: Condition })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});

const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
});

const SECRETS: Record<string, string> = {
  POSTGRES_PASSWORD: "abc123",
  TEMPORAL_POSTGRES_PASSWORD: "def456",
  PUBLIC_URL: "https://evenbooks.example",
  ENCRYPTION_KEY: Buffer.alloc(32).toString("base64"),
  INTUIT_CLIENT_ID: "an id",
  INTUIT_CLIENT_SECRET: "a secret",
};

const file = join(ROOT, "docker-compose.yml");
const text = await readFile(file, "utf8");
const compose = Compose.parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);

/** Variables as compose fills them in: `${NAME:-default}` and `${NAME:?why it is needed}`. */
function fillIn(value: string, env: Record<string, string>): string {
  return value.replaceAll(
    /\$\{(\w+):([-?])([^}]*)\}/g,
    (_, name: string, kind: string, rest: string) => {
      const given = env[name];
      if (given) return given;
      if (kind === "?") throw new Error(`${name} is required: ${rest}`);
      return rest;
    },
  );
}

const environmentOf = (name: string, env = SECRETS): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      fillIn(value, env),
    ]),
  );

test("every service is an image or is built, and is restarted as its kind of work needs", () => {
  for (const [name, service] of services) {
    expect(service.image ?? service.build, name).toBeDefined();
    const endsByItself = service.healthcheck === undefined;
    expect(service.restart, name).toBe(endsByItself ? "on-failure:5" : "unless-stopped");
  }
});

test("what one service waits for exists: healthy when it stays, completed when it ends", () => {
  for (const [name, service] of services) {
    for (const [other, { condition }] of Object.entries(service.depends_on)) {
      const stays = compose.services[other]?.healthcheck !== undefined;
      expect(compose.services, name).toHaveProperty(other);
      expect(condition, `${name} waits for ${other}`).toBe(
        stays ? "service_healthy" : "service_completed_successfully",
      );
    }
  }
});

test("what runs on has a health check", () => {
  const watched = services.filter(([, { healthcheck }]) => healthcheck).map(([name]) => name);
  expect(watched.sort()).toEqual(["api", "postgres", "temporal", "temporal-ui", "worker"]);
});

test("api, worker and migrate pass every setting on, and the settings are complete", () => {
  for (const name of ["api", "worker", "migrate"]) {
    const environment = environmentOf(name);
    expect(Object.keys(environment).sort(), name).toEqual(SETTING_NAMES.toSorted());
    expect(readConfig(environment), name).toMatchObject({
      databaseUrl: "postgres://evenbooks:abc123@postgres:5432/evenbooks",
      temporal: { address: "temporal:7233", namespace: "default" },
      publicUrl: "https://evenbooks.example",
    });
  }
});

test("a secret that is not set is refused with a sentence that says what to set", () => {
  for (const secret of Object.keys(SECRETS)) {
    const others = Object.fromEntries(Object.entries(SECRETS).filter(([name]) => name !== secret));
    const all = (): unknown => services.map(([name]) => environmentOf(name, others));
    expect(all, secret).toThrow(`${secret} is required: Set ${secret}`);
  }
});

test("only the api and, on this machine alone, Temporal's UI are published", () => {
  const published = services.flatMap(([name, { ports }]) => ports.map((port) => [name, port]));
  expect(published).toEqual([
    ["temporal-ui", "127.0.0.1:8233:8080"],
    ["api", "${API_ADDRESS:-127.0.0.1:4000}:4000"],
  ]);
  expect(compose.networks["inside"]?.internal).toBe(true);
  for (const name of ["postgres", "temporal"]) {
    expect(compose.services[name]?.networks, name).toEqual(["inside"]);
  }
});

test("every file and volume that is mounted exists, and every entry file that is started", () => {
  for (const [name, service] of services) {
    for (const source of service.volumes.map((volume) => volume.split(":")[0] ?? "")) {
      const known = source.startsWith("./")
        ? existsSync(join(ROOT, source))
        : source in compose.volumes;
      expect(known, `${name}: ${source}`).toBe(true);
    }
    const words = [...(service.command ?? []), ...(service.healthcheck?.test ?? [])];
    for (const word of words.filter((one) => one.endsWith(".ts"))) {
      expect(existsSync(join(ROOT, word)), `${name}: ${word}`).toBe(true);
    }
  }
});

const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0;

test.skipIf(!hasCompose)(
  "docker compose itself accepts the file (skipped without that command)",
  () => {
    const checked = spawnSync("docker", ["compose", "--file", file, "config", "--quiet"], {
      env: { ...process.env, ...SECRETS },
      encoding: "utf8",
    });
    expect(checked.stderr).toBe("");
    expect(checked.status).toBe(0);
  },
);
