/** What a click on Generate would cost and what is left, in words. Pure. */
import { duration } from "../kit/format";
import type { Expected } from "../protocol/messages";
import type { Fields, Limit, StudioSnapshot } from "../protocol/studio";
import { runs } from "../rows/row_clock";

export interface Price {
  /** "4 s × 2 takes · about $0.80". */
  cost: string;
  /** "budget left $4.20 of $5.00 per day", or "". */
  budget: string;
  /** The budget does not allow it: it would be refused. */
  over: boolean;
}

export function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

/** `reuses`: the tasks that takes have already, so that nothing is paid for them. */
export function price(fields: Fields, state: StudioSnapshot | null, reuses: readonly string[]): Price {
  const paid = fields.new ? fields.takes : Math.max(0, fields.takes - reuses.length);
  const known = state?.models.some((model) => model.id === fields.model) ?? false;
  const each = known && typeof state?.price === "number" ? state.price * fields.duration : null;
  const what = [`${fields.duration} s`, ...(fields.takes > 1 ? [`× ${fields.takes} takes`] : [])].join(" ");
  const words = [what];
  if (paid < fields.takes && paid > 0) words.push(`${fields.takes - paid} made already`);
  const underway = state?.rows.some((row) => row.key !== null && reuses.includes(row.key) && runs(row)) ?? false;
  words.push(paid === 0 ? `already ${underway ? "on the way" : "made"}: shows ${fields.takes > 1 ? "them" : "it"}, no charge` : charge(state, paid, each));
  const wanted = { tasks: paid, seconds: paid * fields.duration, usd: paid * (each ?? 0) };
  const limits = state?.budget?.limits ?? [];
  const unknown = each === null && paid > 0 && !state?.service?.simulated && limits.some(({ name }) => name === "usd");
  return {
    cost: words.join(" · "),
    budget: limits.length > 0 ? `budget left ${limits.map(rest).join(", ")} ${state?.budget?.period}` : "",
    over: unknown || limits.some(({ name, left }) => wanted[name] > left + 1e-9),
  };
}

function charge(state: StudioSnapshot | null, paid: number, each: number | null): string {
  if (state?.service?.simulated) return "simulator: no charge";
  return each === null ? "price unknown" : `about ${dollars(paid * each)}`;
}

function rest({ name, left, limit }: Limit): string {
  if (name === "usd") return `${dollars(left)} of ${dollars(limit)}`;
  const [some, all] = [left, limit].map((value) => Number(value.toFixed(1)).toLocaleString("en"));
  if (name === "seconds") return `${some} of ${all} s of film`;
  return `${some} of ${all} ${limit === 1 ? "film" : "films"}`;
}

/** "usually ready in 3:08, nine in ten in 4:10 (your last 23)". */
export function expected({ median, p90, source }: Expected): string {
  return `usually ready in ${duration(median)}, nine in ten by ${duration(p90)} (${source})`;
}
