// The pictures of the README: a simulated company as `weir demo` shows it, wide and narrow, light and dark.
import { join } from "node:path";

/// Orders of three weeks, with rework, cancellations and people.
function company() {
  let state = 20_261_121;
  const roll = (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
  const people = ["Ann", "Bela", "Chidi", "Dana", "Emre"];
  const trace = () => {
    const steps = ["Receive order", "Check stock"];
    if (roll(4) === 0) steps.push("Order from supplier", "Check stock");
    if (roll(9) === 0) return [...steps, "Cancel order"];
    steps.push("Confirm order");
    if (roll(6) === 0) steps.push("Change order", "Confirm order");
    steps.push("Pick goods", "Pack goods");
    if (roll(12) === 0) steps.push("Repair packing", "Pack goods");
    steps.push("Ship", "Send invoice");
    if (roll(5) === 0) steps.push("Send reminder");
    return [...steps, "Receive payment"];
  };
  return Array.from({ length: 420 }, (_, at) => {
    const began = Date.UTC(2026, 9, 26) + Math.floor(at / 20) * 86_400_000 + (7 + roll(10)) * 3_600_000;
    let moment = began;
    return trace().map((activity) => {
      moment += (1 + roll(40)) * 1_800_000;
      const start = moment;
      moment += (1 + roll(6)) * 900_000;
      return { process: "orders", case_id: `O-${10_000 + at}`, activity, start: new Date(start).toISOString(), timestamp: new Date(moment).toISOString(), resource: people[roll(people.length)] };
    });
  });
}

export async function pictures(house, folder) {
  for (const scheme of ["light", "dark"]) {
    for (const [width, height] of [[1280, 860], [390, 844]]) {
      await house.visit(`pictures ${scheme} ${width}`, async (visit) => {
        for (const part of company()) await visit.post(part);
        await visit.enter("?process=orders");
        await visit.node("Ship").waitFor();
        await visit.page.waitForTimeout(800);
        await visit.page.screenshot({ path: join(folder, `dashboard-${scheme}-${width}.png`) });
      }, { viewport: { width, height }, colorScheme: scheme });
    }
  }
}

