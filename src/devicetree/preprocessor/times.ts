/** `__DATE__`, `__TIME__` and `__TIMESTAMP__`, in the format of C's asctime(). */
import type { SourceClock } from '../source/source-loader.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** What GNU cpp writes for an unknown time. */
const UNKNOWN_DATE = '"??? ?? ????"';
const UNKNOWN_TIME = '"??:??:??"';
const UNKNOWN_TIMESTAMP = '"??? ??? ?? ??:??:?? ????"';

interface Parts {
  readonly weekday: string;
  readonly month: string;
  /** Padded to two characters with a blank. */
  readonly day: string;
  readonly time: string;
  readonly year: number;
}

function partsOf(date: Date, utc: boolean): Parts {
  // The local time, read as if it were UTC.
  const shown = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return {
    weekday: DAYS[shown.getUTCDay()]!,
    month: MONTHS[shown.getUTCMonth()]!,
    day: String(shown.getUTCDate()).padStart(2),
    time: shown.toISOString().slice(-13, -5),
    year: shown.getUTCFullYear(),
  };
}

export function dateText(clock: SourceClock | undefined): string {
  if (!clock) return UNKNOWN_DATE;
  const { month, day, year } = partsOf(clock.now, clock.utc);
  return `"${month} ${day} ${year}"`;
}

export function timeText(clock: SourceClock | undefined): string {
  return clock ? `"${partsOf(clock.now, clock.utc).time}"` : UNKNOWN_TIME;
}

/** The modification time of the file `name`, in the local time zone. */
export function timestampText(clock: SourceClock | undefined, name: string): string {
  const modified = clock?.modified(name);
  if (!modified) return UNKNOWN_TIMESTAMP;
  const { weekday, month, day, time, year } = partsOf(modified, false);
  return `"${weekday} ${month} ${day} ${time} ${year}"`;
}
