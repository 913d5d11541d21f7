/** A measured number in few, stable digits: losses keep four decimals, small ones four digits, whole numbers none. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (Number.isInteger(value) && size < 1e7) return String(value);
  if (size >= 1e7 || size < 1e-3) return value.toExponential(size < 1e-3 ? 3 : 2).replace('e+', 'e');
  if (size >= 10_000) return value.toFixed(0);
  if (size >= 1000) return value.toFixed(1);
  if (size >= 100) return value.toFixed(2);
  if (size >= 10) return value.toFixed(3);
  // The list must tell 0.00404 from 0.003987, and be steady while a loss falls below a power of ten.
  return value.toFixed(size >= 0.1 ? 4 : size >= 0.01 ? 5 : 6);
}

/** Seconds as `0:07`, `12:05` or `7:02:11`. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** Seconds for a narrow column: `0.8s`, `5s`, `1:10`. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  if (seconds < 60) return `${Math.round(seconds)}s`;
  return clock(seconds);
}

/** MiB as people say it: `512M`, `22.1G`. */
export function memory(mib: number | null): string {
  if (mib === null) return '–';
  return mib < 1000 ? `${Math.round(mib)}M` : `${(mib / 1024).toFixed(mib < 102_400 ? 1 : 0)}G`;
}

/** The minus sign that is as wide as a plus. */
export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return `±${text}`;
  return value < 0 ? `−${text}` : `+${text}`;
}

/** A distance in sigmas, as exact as it is worth: beyond nine, the digits say nothing more. */
export function sigmas(z: number | null): string {
  if (z === null) return '';
  if (z > 9.05) return '>9σ';
  if (z < -9.05) return '<−9σ';
  return `${signed(z, 1)}σ`;
}

/** Local wall-clock time of an ISO stamp, `13:05`. */
export function timeOfDay(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '--:--';
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** Energy as people say it: `850 mWh`, `12.4 Wh`, `1.32 kWh`. */
export function energy(wh: number): string {
  if (wh >= 1000) return `${(wh / 1000).toFixed(2)} kWh`;
  if (wh >= 100) return `${wh.toFixed(0)} Wh`;
  return wh >= 1 ? `${wh.toFixed(1)} Wh` : `${Math.round(wh * 1000)} mWh`;
}

/** Local wall-clock time with seconds, `13:05:44`. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}

/** A relative change in percent with as many decimals as it needs to show anything. */
export function percent(fraction: number): string {
  const p = fraction * 100;
  return `${signed(p, Math.abs(p) >= 99.5 ? 0 : Math.abs(p) >= 9.95 ? 1 : 2)}%`;
}
