import { readdir, readFile } from "node:fs/promises";

/** The unit of /proc on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds used so far, by the name of a process; its children's are in it, living or gone. */
export type CpuSeconds = Record<string, number>;

interface Times {
  pid: number;
  parent: number;
  seconds: number;
}

/** Reads what each of these processes has used. Shared cores make seconds on the clock vary; these vary little. */
export async function cpuSecondsOf(pids: Record<string, number>): Promise<CpuSeconds> {
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const times = (await Promise.all(numbers.map(timesOf))).filter((each) => each !== undefined);
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => {
      const family = times.filter((each) => each.pid === pid || each.parent === pid);
      return [name, family.reduce((sum, { seconds }) => sum + seconds, 0)];
    }),
  );
}

/** What was used between two readings. */
export const cpuBetween = (before: CpuSeconds, after: CpuSeconds): CpuSeconds =>
  Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [
      name,
      Number((seconds - (before[name] ?? 0)).toFixed(2)),
    ]),
  );

/** Undefined for a process that has just ended. */
async function timesOf(pid: number): Promise<Times | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in parentheses may hold spaces: what follows it is regular.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 16) return undefined;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
}
