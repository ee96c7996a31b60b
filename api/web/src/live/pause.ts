// How long to wait before coming back. Pure.
const pauseMsMin = 500;
const pauseMsMax = 15_000;

/// Full jitter: a thousand pages that lost the same server do not come back in the same moment.
export function pauseMs(failures: number, random: number): number {
  const ceiling = Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(failures, 10));
  return pauseMsMin / 2 + random * ceiling;
}
