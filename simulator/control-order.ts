import { z } from "zod";

/** A control request that cannot be done, with a sentence that says why. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** The order in a control request's body; an empty body is an empty order. Throws Refused. */
export function ordered<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body === "" ? "{}" : body);
  } catch (cause) {
    throw new Refused(400, "the body is not JSON", { cause });
  }
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) throw new Refused(400, z.prettifyError(error));
  return data;
}
