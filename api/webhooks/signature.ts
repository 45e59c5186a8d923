import { createHmac, timingSafeEqual } from "node:crypto";

/** Base64 of the 32 bytes of a SHA-256. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;

/** Could this header be a signature at all? Asked before anything of the body is read. */
export const isSignature = (header: string | null): header is string =>
  header !== null && SIGNATURE.test(header);

/** Was this body, to the byte, signed with the verifier token of our Intuit app? */
export const isAuthentic = (body: Buffer, signature: string, token: string): boolean =>
  timingSafeEqual(
    createHmac("sha256", token).update(body).digest(),
    Buffer.from(signature, "base64"),
  );
