// The pictures of the README: the company of `weir demo`, wide and narrow, light and dark.
import { join } from "node:path";
import { until } from "./house.mjs";

export async function pictures(house, folder) {
  for (const scheme of ["light", "dark"]) {
    for (const [width, height] of [[1280, 860], [390, 844]]) {
      await house.visit(`${scheme} ${width}`, async (visit) => {
        visit.as("default");
        await until(async () => (await visit.call("GET", "/v1/demo")).caught_up, "the company's past");
        await visit.enter("?process=orders");
        await visit.page.locator(".node").first().waitFor();
        await visit.page.waitForTimeout(4_000); // until what came in meanwhile is shown everywhere
        await visit.page.screenshot({ path: join(folder, `dashboard-${scheme}-${width}.png`) });
        await visit.page.getByLabel("Views").getByRole("link", { name: "SLA" }).click();
        await visit.page.getByRole("region", { name: "Targets, scrollable" }).waitFor();
        await visit.page.screenshot({ path: join(folder, `promises-${scheme}-${width}.png`) });
        await visit.page.getByLabel("Views").getByRole("link", { name: "Alerts" }).click();
        await visit.page.getByRole("region", { name: "Alerts, scrollable" }).waitFor();
        await visit.page.screenshot({ path: join(folder, `alerts-${scheme}-${width}.png`) });
        await visit.page.locator("td button.link").first().click();
        await visit.page.getByRole("dialog", { name: "Alert" }).getByRole("list", { name: "History" }).waitFor();
        await visit.page.screenshot({ path: join(folder, `alert-${scheme}-${width}.png`) });
      }, { viewport: { width, height }, colorScheme: scheme });
    }
  }
}
