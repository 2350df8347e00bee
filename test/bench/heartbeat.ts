/**
 * The longest time for which the thread was kept from anything else while some work ran, in milliseconds: a message that
 * a page sends itself comes back as often as the thread is free. It takes a core for itself, so it is no time to measure others.
 */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  let last = performance.now();
  let longest = 0;
  const beat = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  port1.onmessage = () => {
    beat();
    port2.postMessage(null);
  };
  port2.postMessage(null);
  await new Promise((resolve) => setTimeout(resolve, 5));
  longest = 0;
  await work();
  beat();
  port1.close();
  return longest;
}
