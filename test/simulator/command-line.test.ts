import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { control, query, startSimulator, type Running } from "./running.ts";

const GONE_MS = 5000;

async function gone(running: Running): Promise<number | null> {
  const { child } = running;
  if (child.exitCode !== null) return child.exitCode;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it still runs")), GONE_MS);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

test("flags choose the company, its faults and its limits", async () => {
  const company = ["--realm", "123456789", "--company-name", "Ümläut & Co", "--currency", "CAD"];
  const lacks = ["--without", "InventoryAdjustment", "--latency-ms", "50"];
  const trouble = ["--fault", '{"kind":"server-error","match":{"path":"query"}}'];
  const running = await startSimulator("--records", "200", ...company, ...lacks, ...trouble);
  try {
    expect(running.realm).toBe("123456789");
    const { realms } = await control(running, "GET state");
    expect([realms].flat()[0]).toMatchObject({
      companyName: "Ümläut & Co",
      counts: { InventoryAdjustment: 0 },
    });
    expect(await control(running, "GET settings")).toMatchObject({ latencyMs: 50 });
    expect((await query(running, "select * from Invoice")).status).toBe(500);
    expect((await query(running, "select * from Invoice")).text).toContain('"CAD"');
  } finally {
    await running.stop();
  }
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s stops it at once, requests or not",
  async (signal) => {
    const running = await startSimulator("--records", "100");
    await control(running, "POST settings", { latencyMs: 60_000 });
    const pending = query(running, "select * from Invoice").catch(() => "cut");
    running.child.kill(signal);
    expect(await gone(running)).toBe(0);
    expect(await pending).toBe("cut");
  },
);

test("it goes with its parent when told so", async () => {
  const running = await startSimulator("--records", "100");
  running.child.stdin?.end();
  expect(await gone(running)).toBe(0);
});

test.each([
  ["--records", "7"],
  ["--spread", "weeks"],
  ["--fault", "{"],
  ["--without", "Invoices"],
])("a wrong %s is explained and nothing starts", async (...flags) => {
  const child = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", ...flags]);
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code).toBe(2);
  expect(errors).toContain("npm run simulator");
});
