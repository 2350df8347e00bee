/** A moment as short as can be told apart: the time of day for today, else the date with it. Takes milliseconds or RFC 3339 text. */
export function formatTime(moment: number | string): string {
  const date = new Date(moment);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString()
    : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
