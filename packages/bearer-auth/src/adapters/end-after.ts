/**
 * The same body, whose end waits. `ended` is called once with the bytes of the whole body, when all of it is known; what completes `length` (`null`:
 * unknown), or else the end of the stream, follows once it has resolved with `null`. With an error the body breaks off.
 * `abandoned` is called instead, with the bytes that were passed on, when whoever reads the body stops, or its source fails.
 */
export function endAfter(
  source: ReadableStream<Uint8Array>,
  length: number | null,
  ended: (bytes: number) => Promise<Error | null>,
  abandoned: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let bytes = 0;
  let isSettled = false;

  async function settle(): Promise<void> {
    if (isSettled) return;
    isSettled = true;
    const error = await ended(bytes);
    if (error !== null) throw error;
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        if (!isSettled) abandoned(bytes);
        throw error;
      });
      if (done) {
        await settle();
        controller.close();
        return;
      }
      bytes += value.byteLength;
      if (length !== null && bytes >= length) await settle();
      controller.enqueue(value);
    },
    cancel(reason) {
      if (!isSettled) abandoned(bytes);
      return reader.cancel(reason);
    },
  });
}
